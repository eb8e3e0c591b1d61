using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class ObserverTests
{
    private readonly Events _heard = new();
    private readonly Signal _entered = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task CallsToOneObserverRunOneAtATimeAndInOrder()
    {
        await using var engine = await Engine.Start();
        var inside = 0;
        var listener = Listen(engine, async number =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            _heard.Add($"{number}");
        });
        await engine.Worker().Do(() =>
        {
            for (var number = 0; number < 100; number++) _ = listener.Tell(number);
            return Task.CompletedTask;
        }).InTime();
        await _heard.Expect([.. Enumerable.Range(0, 100).Select(number => $"{number}")]);
        engine.Log.ExpectNothing();
    }

    [Fact]
    public async Task AnObserverCanBePassedToAGrainAndAnswers()
    {
        await using var engine = await Engine.Start();
        var listener = Listen(engine, _ => Task.CompletedTask);
        var answer = 0;
        await engine.Worker().Do(async () => answer = await listener.Ask(5)).InTime();
        Assert.Equal(-5, answer);
    }

    [Fact]
    public async Task AGrainDoesNotWaitForASlowObserver()
    {
        await using var engine = await Engine.Start();
        var listener = Listen(engine, number =>
        {
            _entered.Set();
            _heard.Add($"{number}");
            return _release.Task;
        });
        await engine.Worker().Do(() =>
        {
            listener.Post(0);
            return listener.Tell(1);
        }).InTime();
        await _entered.Task;
        Assert.Equal(3, await engine.Worker().Add(1, 2));
        _release.Set();
        await _heard.Expect("0", "1");
    }

    [Fact]
    public async Task AnObserverRunsOutsideOfTheGrainsTurn()
    {
        await using var engine = await Engine.Start();
        TaskScheduler? seen = null;
        var listener = Listen(engine, _ =>
        {
            seen = TaskScheduler.Current;
            return Task.CompletedTask;
        });
        await engine.Worker().Do(() => listener.Ask(1)).InTime();
        Assert.Same(TaskScheduler.Default, seen);
    }

    [Fact]
    public async Task AnObserversExceptionReachesTheCaller()
    {
        await using var engine = await Engine.Start();
        var listener = Listen(engine, _ => throw new InvalidTimeZoneException());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => engine.Worker().Do(() => listener.Ask(1)).InTime());
    }

    [Fact]
    public async Task CallsToADeletedObserverFailAndThoseThatWaitDoSoToo()
    {
        await using var engine = await Engine.Start();
        var listener = Listen(engine, _ =>
        {
            _entered.Set();
            return _release.Task;
        });
        var running = listener.Ask(1);
        await _entered.Task;
        var waiting = listener.Ask(2);
        engine.Grains.DeleteObjectReference<IListener>(listener);
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => listener.Ask(3).InTime());
        _release.Set();
        Assert.Equal(-1, await running.InTime());
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => waiting.InTime());
        Assert.True(listener.Tell(4).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task AnObserverThatStaysBehindLosesCallsInsteadOfFillingMemory()
    {
        await using var engine = await Engine.Start(options => options.MaxQueuedCallsPerObserver = 2);
        var listener = Listen(engine, number =>
        {
            _entered.Set();
            _heard.Add($"{number}");
            return _release.Task;
        });
        _ = listener.Tell(1);
        await _entered.Task;
        for (var number = 2; number <= 4; number++) _ = listener.Tell(number);
        await Assert.ThrowsAsync<LimitExceededException>(() => listener.Ask(5).InTime());
        await engine.Log.Expect("observer IListener is too slow; 1 calls to it have been dropped so far.");
        _release.Set();
        await _heard.Expect("1", "2", "3");
        await listener.Ask(6).InTime();
        await _heard.Expect("6");
    }

    [Fact]
    public async Task ACallToAnObserverTimesOut()
    {
        await using var engine = await Engine.Start();
        var listener = Listen(engine, _ =>
        {
            _entered.Set();
            return _release.Task;
        });
        var call = engine.Worker().Do(() =>
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(1));
            return listener.Ask(1);
        });
        await _entered.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(31));
        var thrown = await Assert.ThrowsAsync<TimeoutException>(() => call.InTime());
        Assert.EndsWith("worker/one waits for observer IListener.IListener.Ask.", thrown.Message);
        _release.Set();
    }

    [Fact]
    public async Task OnlyAReferenceCanBeDeleted()
    {
        await using var engine = await Engine.Start();
        Assert.Throws<ArgumentException>(
            () => engine.Grains.DeleteObjectReference<IListener>(new Listener(_ => Task.CompletedTask)));
    }

    private static IListener Listen(Engine engine, Func<int, Task> hear) =>
        engine.Grains.CreateObjectReference<IListener>(new Listener(hear));
}
