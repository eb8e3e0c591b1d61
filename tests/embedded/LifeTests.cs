using Gatehouse.Embedded.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Embedded.Tests;

public sealed class LifeTests
{
    private static readonly TimeSpan CollectionAge = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Quantum = TimeSpan.FromMinutes(1);

    private readonly Signal _entered = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task AnIdleActivationIsCollectedAndTheNextCallMakesAnother()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().Nothing();
        await engine.Life.Events.Expect("one starts");
        engine.Time.Advance(CollectionAge + Quantum);
        await engine.Life.Events.Expect("one ends: ActivationIdle");
        await engine.Worker().Nothing();
        await engine.Life.Events.Expect("one starts");
    }

    [Fact]
    public async Task ACallResetsTheIdleTime()
    {
        await using var engine = await Engine.Start();
        for (var call = 0; call < 4; call++)
        {
            await engine.Worker().Nothing();
            engine.Time.Advance(CollectionAge - Quantum);
        }

        await engine.Worker().Nothing();
        Assert.Equal(1, engine.Life.Activations);
    }

    [Fact]
    public async Task ARunningCallKeepsTheActivation()
    {
        await using var engine = await Engine.Start(options => options.ResponseTimeout = TimeSpan.FromDays(1));
        var call = engine.Worker().Do(WaitInCall);
        await _entered.Task;
        engine.Time.Advance(CollectionAge * 2);
        _release.Set();
        await call.InTime();
        await engine.Worker().Nothing();
        Assert.Equal(1, engine.Life.Activations);
    }

    [Fact]
    public async Task DelayedDeactivationKeepsAnIdleActivationForThatLong()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().DoWithSelf(self =>
        {
            self.Stay(CollectionAge * 4);
            return Task.CompletedTask;
        }).InTime();
        engine.Time.Advance(CollectionAge * 3);
        await engine.Worker().Nothing();
        Assert.Equal(1, engine.Life.Activations);
        engine.Time.Advance(CollectionAge * 3);
        await engine.Life.Events.Expect("one starts", "one ends: ActivationIdle");
    }

    [Fact]
    public async Task DeactivateOnIdleEndsTheActivationAfterTheCall()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().DoWithSelf(async self =>
        {
            self.Stay(Timeout.InfiniteTimeSpan);
            self.End();
            await Task.Yield();
            engine.Life.Events.Add("call ends");
        }).InTime();
        await engine.Life.Events.Expect("one starts", "call ends", "one ends: ApplicationRequested");
    }

    [Fact]
    public async Task AnActivationThatWantsToEndAtOnceStillRunsTheCallThatMadeIt()
    {
        await using var engine = await Engine.Start();
        engine.Life.OnActivate = () =>
        {
            var self = (IGrainContext)TaskScheduler.Current;
            self.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "at once"));
            return Task.CompletedTask;
        };
        Assert.Equal(3, await engine.Worker().Add(1, 2).AsTask().InTime());
        await engine.Life.Events.Expect("one starts", "one ends: ApplicationRequested");
    }

    [Fact]
    public async Task CallsThatWaitAtTheEndGoToTheNextActivationInOrder()
    {
        await using var engine = await Engine.Start();
        var ran = new List<int>();
        var ending = engine.Worker().DoWithSelf(async self =>
        {
            _entered.Set();
            await _release.Task;
            self.End();
        });
        await _entered.Task;
        var waiting = Enumerable.Range(0, 100).Select(number => engine.Worker().Do(() =>
        {
            ran.Add(number);
            return Task.CompletedTask;
        })).ToList();
        _release.Set();
        await Task.WhenAll(waiting.Append(ending)).InTime();
        Assert.Equal(Enumerable.Range(0, 100), ran);
        Assert.Equal(2, engine.Life.Activations);
    }

    [Fact]
    public async Task CallsThatArriveDuringTheEndGoToTheNextActivationWhichStartsOnlyThen()
    {
        await using var engine = await Engine.Start();
        engine.Life.OnDeactivate = _ =>
        {
            engine.Life.OnDeactivate = _ => Task.CompletedTask;
            return WaitInCall();
        };
        await engine.Worker().DoWithSelf(self =>
        {
            self.End();
            return Task.CompletedTask;
        }).InTime();
        await _entered.Task;
        var call = engine.Worker().Add(1, 2).AsTask();
        Assert.Equal(1, engine.Life.Activations);
        _release.Set();
        Assert.Equal(3, await call.InTime());
        Assert.Equal(2, engine.Life.Activations);
    }

    [Fact]
    public async Task AnEndThatTakesTooLongIsGivenUp()
    {
        await using var engine = await Engine.Start();
        engine.Life.OnDeactivate = _ =>
        {
            engine.Life.OnDeactivate = _ => Task.CompletedTask;
            return WaitInCall();
        };
        await engine.Worker().DoWithSelf(self =>
        {
            self.End();
            return Task.CompletedTask;
        }).InTime();
        await _entered.Task;
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        await engine.Log.Expect(
            "Grain worker/one did not end in order. worker/one took longer than 00:00:30 to end.");
        Assert.Equal(3, await engine.Worker().Add(1, 2));
    }

    [Fact]
    public async Task AFailedActivationFailsItsCallersAndTheNextCallTriesAgain()
    {
        await using var engine = await Engine.Start();
        engine.Life.OnActivate = async () =>
        {
            await _release.Task;
            throw new InvalidTimeZoneException("start");
        };
        var calls = new[] { engine.Worker().Nothing().AsTask(), engine.Worker().Nothing().AsTask() };
        _release.Set();
        foreach (var call in calls) await Assert.ThrowsAsync<InvalidTimeZoneException>(() => call.InTime());
        engine.Life.OnActivate = () => Task.CompletedTask;
        Assert.Equal(3, await engine.Worker().Add(1, 2));
        Assert.Equal(2, engine.Life.Activations);
        await engine.Log.Expect("Grain worker/one could not be activated. start");
    }

    [Fact]
    public async Task StoppingTheHostEndsEveryActivationAfterItsCalls()
    {
        var engine = await Engine.Start();
        var call = engine.Worker().Do(WaitInCall);
        var waiting = engine.Worker().Add(1, 2).AsTask();
        await _entered.Task;
        var stopped = engine.Host.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => engine.Worker("late").Nothing().AsTask().InTime());
        _release.Set();
        await stopped.InTime();
        await call.InTime();
        Assert.Equal(3, await waiting.InTime());
        await engine.Life.Events.Expect("one starts", "one ends: ShuttingDown");
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task StoppingTheHostWaitsNoLongerThanItMay()
    {
        await using var engine = await Engine.Start();
        _ = engine.Worker().Do(WaitInCall);
        await _entered.Task;
        using var limit = new CancellationTokenSource();
        var stopped = engine.Host.StopAsync(limit.Token);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.InTime());
        _release.Set();
    }

    private Task WaitInCall()
    {
        _entered.Set();
        return _release.Task;
    }
}
