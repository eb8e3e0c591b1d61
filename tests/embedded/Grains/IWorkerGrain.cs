using Orleans.Concurrency;

namespace Gatehouse.Embedded.Tests.Grains;

/// <summary>Runs what a test gives it, which only an engine that passes arguments by reference can do.</summary>
public interface IWorkerGrain : IGrainWithStringKey
{
    Task Do(Func<Task> work);

    Task DoWithSelf(Func<WorkerGrain, Task> work);

    [ReadOnly]
    Task Read(Func<Task> work);

    [AlwaysInterleave]
    Task Interleave(Func<Task> work);

    [OneWay]
    Task Tell(Func<Task> work);

    void Post(Func<Task> work);

    Task DoCancellable(Func<CancellationToken, Task> work, CancellationToken cancellationToken);

    ValueTask<int> Add(int left, int right);

    ValueTask Nothing();

    Task<IWorkerGrain> Self();

    Task<IWorkerGrain> Echo(IWorkerGrain other);
}
