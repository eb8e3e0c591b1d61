using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task TurnsOfOneActivationNeverOverlap()
    {
        await using var engine = await Engine.Start();
        int inside = 0, overlaps = 0, turns = 0;
        async Task Work()
        {
            for (var i = 0; i < 50; i++)
            {
                if (Interlocked.Increment(ref inside) > 1) Interlocked.Increment(ref overlaps);
                turns++;
                Interlocked.Decrement(ref inside);
                await Task.Yield();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => engine.Worker().Interleave(Work))).InTime();

        Assert.Equal(0, overlaps);
        Assert.Equal(40 * 50, turns);
    }

    [Fact]
    public async Task AnAwaitContinuesOnTheActivationsScheduler()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().Do(async () =>
        {
            var scheduler = TaskScheduler.Current;
            Assert.NotSame(TaskScheduler.Default, scheduler);
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
            Assert.Same(scheduler, TaskScheduler.Current);
            await Task.Yield();
            Assert.Same(scheduler, TaskScheduler.Current);
        }).InTime();
    }

    [Fact]
    public async Task CodeStartedByTaskRunIsNoTurn()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().Do(async () =>
        {
            var outside = await Task.Run(() => TaskScheduler.Current, TestContext.Current.CancellationToken);
            Assert.Same(TaskScheduler.Default, outside);
        }).InTime();
    }

    [Fact]
    public async Task TheCallersAsyncLocalsStayWithTheCaller()
    {
        await using var engine = await Engine.Start();
        var local = new AsyncLocal<string> { Value = "caller" };
        var seen = new List<string?>();
        Task Look()
        {
            seen.Add(local.Value);
            local.Value = "grain";
            return Task.CompletedTask;
        }

        // The calls wait behind another, so that one run takes them all.
        var release = new Signal();
        await Task.WhenAll(
            Task.Run(release.Set, TestContext.Current.CancellationToken),
            engine.Worker().Do(() => release.Task),
            engine.Worker().Do(Look),
            engine.Worker().Do(Look)).InTime();

        Assert.Equal([null, null], seen);
        Assert.Equal("caller", local.Value);
    }

    [Fact]
    public async Task AGrainThatNeverPausesDoesNotKeepACallFromInterleaving()
    {
        await using var engine = await Engine.Start();
        var stop = false;
        var polling = engine.Worker().Do(async () =>
        {
            while (!stop) await Task.Yield();
        });
        await engine.Worker().Interleave(() =>
        {
            stop = true;
            return Task.CompletedTask;
        }).InTime();
        await polling.InTime();
    }

    [Fact]
    public async Task ATaskOfTheTurnCanBeWaitedForWithinTheTurn()
    {
        await using var engine = await Engine.Start();
        await engine.Worker().Do(() =>
        {
            var task = Task.Factory.StartNew(() => 42, TestContext.Current.CancellationToken);
            Assert.Equal(42, task.GetAwaiter().GetResult());
            return Task.CompletedTask;
        }).InTime();
    }
}
