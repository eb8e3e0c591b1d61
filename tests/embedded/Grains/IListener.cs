using Orleans.Concurrency;

namespace Gatehouse.Embedded.Tests.Grains;

public interface IListener : IGrainObserver
{
    Task<int> Ask(int number);

    [OneWay]
    Task Tell(int number);

    void Post(int number);
}

/// <summary>An observer whose answers the test writes.</summary>
public sealed class Listener(Func<int, Task> hear) : IListener
{
    public async Task<int> Ask(int number)
    {
        await hear(number);
        return -number;
    }

    public Task Tell(int number) => hear(number);

    public async void Post(int number) => await hear(number);
}
