using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Events _events = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task ATimerTicksAtItsDueTimeAndThenAfterEachPeriod()
    {
        await using var engine = await Engine.Start();
        await Register(engine, Tick, new(5 * Second, 2 * Second));
        engine.Time.Advance(4 * Second);
        await Turn(engine);
        _events.ExpectNothing();
        engine.Time.Advance(1 * Second);
        await _events.Expect("tick");
        await Turn(engine);
        engine.Time.Advance(2 * Second);
        await _events.Expect("tick");
    }

    [Fact]
    public async Task ATickRunsAsATurnAndWaitsForARunningCall()
    {
        await using var engine = await Engine.Start();
        TaskScheduler? turn = null, tick = null;
        await Register(engine, _ =>
        {
            tick = TaskScheduler.Current;
            return Tick(_);
        }, new(Second, Timeout.InfiniteTimeSpan));
        var call = engine.Worker().Do(async () =>
        {
            turn = TaskScheduler.Current;
            _events.Add("call starts");
            await _release.Task;
            _events.Add("call ends");
        });
        await _events.Expect("call starts");
        engine.Time.Advance(Second);
        await engine.Worker().Interleave(() => Task.CompletedTask).InTime();
        _events.ExpectNothing();
        _release.Set();
        await call.InTime();
        await _events.Expect("call ends", "tick");
        Assert.Same(turn, tick);
    }

    [Fact]
    public async Task AnInterleavingTickDoesNotWait()
    {
        await using var engine = await Engine.Start();
        await Register(engine, Tick, new(Second, Timeout.InfiniteTimeSpan) { Interleave = true });
        var entered = new Signal();
        var call = engine.Worker().Do(() =>
        {
            entered.Set();
            return _release.Task;
        });
        await entered.Task;
        engine.Time.Advance(Second);
        await _events.Expect("tick");
        _release.Set();
        await call.InTime();
    }

    [Fact]
    public async Task AFailedTickIsLoggedAndTheNextOneComes()
    {
        await using var engine = await Engine.Start();
        await Register(engine, _ => throw new InvalidTimeZoneException("tick"), new(Second, Second));
        engine.Time.Advance(Second);
        await engine.Log.Expect("A timer of grain worker/one failed. tick");
        await Turn(engine);
        engine.Time.Advance(Second);
        await engine.Log.Expect("A timer of grain worker/one failed. tick");
    }

    [Fact]
    public async Task ADisposedTimerCancelsItsTokenAndTicksNoMore()
    {
        await using var engine = await Engine.Start();
        var token = CancellationToken.None;
        var timer = await Register(engine, cancelled =>
        {
            token = cancelled;
            return Tick(cancelled);
        }, new(Second, Second));
        engine.Time.Advance(Second);
        await _events.Expect("tick");
        await Turn(engine);
        timer.Dispose();
        Assert.True(token.IsCancellationRequested);
        engine.Time.Advance(10 * Second);
        await Turn(engine);
        _events.ExpectNothing();
    }

    [Fact]
    public async Task ATimerEndsWithItsActivation()
    {
        await using var engine = await Engine.Start();
        await Turn(engine);
        var armed = engine.Time.ArmedTimers;
        await Register(engine, Tick, new(Second, Second));
        await engine.Worker().DoWithSelf(self =>
        {
            self.End();
            return Task.CompletedTask;
        }).InTime();
        await engine.Life.Events.Expect("one starts", "one ends: ApplicationRequested");
        await Turn(engine);
        Assert.Equal(armed, engine.Time.ArmedTimers);
        engine.Time.Advance(10 * Second);
        await Turn(engine);
        _events.ExpectNothing();
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task OnlyATimerThatKeepsAliveCountsAsUse(bool keepAlive, int activations)
    {
        await using var engine = await Engine.Start();
        await Register(engine, Tick, new(600 * Second, 600 * Second) { KeepAlive = keepAlive });
        var armed = engine.Time.ArmedTimers;
        engine.Time.Advance(600 * Second);
        await _events.Expect("tick");
        // A call would count as use, so look from outside: the tick is over when the next one is set.
        while (engine.Time.ArmedTimers < armed) await Task.Yield();
        engine.Time.Advance(590 * Second);
        await Turn(engine);
        Assert.Equal(activations, engine.Life.Activations);
    }

    [Fact]
    public async Task AChangedTimerTicksByItsNewTimes()
    {
        await using var engine = await Engine.Start();
        var timer = await Register(engine, Tick, new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        engine.Time.Advance(60 * Second);
        timer.Change(Second, Timeout.InfiniteTimeSpan);
        engine.Time.Advance(Second);
        await _events.Expect("tick");
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(-2 * Second, Second));
    }

    private static Task Turn(Engine engine) => engine.Worker().Nothing().AsTask().InTime();

    private static async Task<IGrainTimer> Register(
        Engine engine, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        IGrainTimer? timer = null;
        await engine.Worker().DoWithSelf(self =>
        {
            timer = self.RegisterGrainTimer(callback, options);
            return Task.CompletedTask;
        }).InTime();
        return timer!;
    }

    private Task Tick(CancellationToken cancellationToken)
    {
        _events.Add("tick");
        return Task.CompletedTask;
    }
}
