using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class TimeoutTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(31);

    private readonly Signal _entered = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task AClientThatWaitsTooLongLearnsWhomItCalled()
    {
        await using var engine = await Engine.Start();
        var call = engine.Worker().Do(Wait);
        await _entered.Task;
        engine.Time.Advance(Enough);
        var thrown = await Assert.ThrowsAsync<TimeoutException>(() => call.InTime());
        Assert.Equal("No answer within 00:00:30 to the call of worker/one.IWorkerGrain.Do by client.", thrown.Message);
        _release.Set();
    }

    [Fact]
    public async Task ACallThatIsAnsweredInTimeHasNoTimeout()
    {
        await using var engine = await Engine.Start();
        var call = engine.Worker().Do(Wait);
        await _entered.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        _release.Set();
        await call.InTime();
        engine.Time.Advance(Enough);
        await call.InTime();
    }

    [Fact]
    public async Task ACycleOfCallsEndsInATimeoutThatNamesBothGrains()
    {
        await using var engine = await Engine.Start();
        var (a, b) = (engine.Worker("a"), engine.Worker("b"));
        var inner = "";
        var call = a.Do(() => Later(engine, () => b.Do(() => Later(engine, async () =>
        {
            var back = a.Nothing().AsTask();
            _entered.Set();
            inner = (await Assert.ThrowsAsync<TimeoutException>(() => back)).Message;
            _release.Set();
        }))));
        await _entered.Task;
        engine.Time.Advance(Enough);
        var outer = (await Assert.ThrowsAsync<TimeoutException>(() => call.InTime())).Message;
        await _release.Task;
        Assert.StartsWith("No answer within 00:00:30 to the call of worker/a.IWorkerGrain.Nothing by worker/b.", inner);
        Assert.Equal(
            "No answer within 00:00:30 to the call of worker/a.IWorkerGrain.Do by client. "
            + "worker/a waits for worker/b.IWorkerGrain.Do. worker/b waits for worker/a.IWorkerGrain.Nothing. "
            + "worker/a waits for worker/b.IWorkerGrain.Do. That is a cycle of calls.",
            outer);
    }

    [Fact]
    public async Task TheCalleeCarriesOnAfterItsCallerGaveUp()
    {
        await using var engine = await Engine.Start();
        var finished = new Signal();
        var call = engine.Worker().Do(async () =>
        {
            await Wait();
            finished.Set();
        });
        await _entered.Task;
        engine.Time.Advance(Enough);
        await Assert.ThrowsAsync<TimeoutException>(() => call.InTime());
        _release.Set();
        await finished.Task;
        Assert.Equal(3, await engine.Worker().Add(1, 2));
    }

    [Fact]
    public async Task ACallThatTimedOutWhileItWaitedNeverStarts()
    {
        await using var engine = await Engine.Start();
        var started = false;
        var first = engine.Worker().Do(Wait);
        await _entered.Task;
        var second = engine.Worker().Do(() =>
        {
            started = true;
            return Task.CompletedTask;
        });
        engine.Time.Advance(Enough);
        await Assert.ThrowsAsync<TimeoutException>(() => first.InTime());
        await Assert.ThrowsAsync<TimeoutException>(() => second.InTime());
        _release.Set();
        await engine.Worker().Nothing();
        Assert.False(started);
    }

    [Fact]
    public async Task AGrainThatBlocksItsThreadTimesOutAsWell()
    {
        await using var engine = await Engine.Start();
        using var blocked = new ManualResetEventSlim();
        var call = engine.Worker().Do(() =>
        {
            _entered.Set();
            blocked.Wait(TestContext.Current.CancellationToken);
            return Task.CompletedTask;
        });
        await _entered.Task;
        engine.Time.Advance(Enough);
        await Assert.ThrowsAsync<TimeoutException>(() => call.InTime());
        blocked.Set();
        await engine.Worker().Nothing();
    }

    // The outermost call is to be the oldest.
    private static Task Later(Engine engine, Func<Task> call)
    {
        engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        return call();
    }

    private Task Wait()
    {
        _entered.Set();
        return _release.Task;
    }
}
