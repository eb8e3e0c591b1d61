using Orleans.Storage;

namespace Gatehouse.Embedded.Tests.Support;

/// <summary>A storage whose writes end when the test says so.</summary>
internal sealed class ManualStorage : IGrainStorage
{
    public Func<Task> OnRead { get; set; } = () => Task.CompletedTask;

    public Queue<TaskCompletionSource> Writes { get; } = new();

    public List<object?> Written { get; } = [];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => OnRead();

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Written.Add(System.Text.Json.JsonSerializer.Serialize(grainState.State));
        var write = new TaskCompletionSource();
        Writes.Enqueue(write);
        return write.Task;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}
