namespace Gatehouse.Embedded.Tests.Support;

/// <summary>Something that happens once.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _source.Task.InTime();

    public void Set() => _source.TrySetResult();
}
