using Orleans.Concurrency;

namespace Gatehouse.Embedded.Tests.Grains;

public interface IReentrantGrain : IGrainWithStringKey
{
    Task Do(Func<Task> work);
}

[Reentrant]
public sealed class ReentrantGrain : Grain, IReentrantGrain
{
    public Task Do(Func<Task> work) => work();
}
