using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests.Grains;

/// <summary>Watches, and meddles with, the beginning and the end of worker activations.</summary>
public sealed class Life
{
    private int _activations;

    public int Activations => Volatile.Read(ref _activations);

    public Func<Task> OnActivate { get; set; } = () => Task.CompletedTask;

    public Func<CancellationToken, Task> OnDeactivate { get; set; } = _ => Task.CompletedTask;

    internal Events Events { get; } = new();

    internal async Task Activated(string key)
    {
        Interlocked.Increment(ref _activations);
        Events.Add($"{key} starts");
        await OnActivate();
    }

    internal async Task Deactivated(string key, DeactivationReason reason, CancellationToken cancellationToken)
    {
        Events.Add($"{key} ends: {reason.ReasonCode}");
        await OnDeactivate(cancellationToken);
    }
}
