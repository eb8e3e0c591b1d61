using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class LoadTests
{
    [Fact]
    public async Task TenThousandActivationsAtOnce()
    {
        const int Grains = 10_000;
        await using var engine = await Engine.Start();
        var release = new Signal();
        var inside = 0;
        var all = new Signal();
        var calls = Enumerable.Range(0, Grains).Select(number => engine.Worker($"{number}").Do(() =>
        {
            if (Interlocked.Increment(ref inside) == Grains) all.Set();
            return release.Task;
        })).ToList();
        await all.Task;
        Assert.Equal(Grains, engine.Life.Activations);
        release.Set();
        await Task.WhenAll(calls).InTime();

        engine.Time.Advance(TimeSpan.FromMinutes(17));
        await engine.Worker("0").Nothing();
        Assert.Equal(Grains + 1, engine.Life.Activations);
    }

    [Fact]
    public async Task ManyThreadsCallOneGrainAndNoCallIsLost()
    {
        const int Threads = 16, Calls = 2_000;
        await using var engine = await Engine.Start(options => options.MaxQueuedCallsPerActivation = Threads * Calls);
        var count = 0;
        var threads = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () => Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => engine.Worker().Do(() =>
            {
                // Not atomic: only turns that never overlap count right.
                count++;
                return Task.CompletedTask;
            }))),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToList();
        await Task.WhenAll(threads).InTime();
        Assert.Equal(Threads * Calls, count);
    }

    [Fact]
    public async Task NoCallIsLostWhileActivationsComeAndGo()
    {
        const int Calls = 5_000;
        await using var engine = await Engine.Start();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => engine.Worker().DoWithSelf(self =>
        {
            count++;
            if (number % 7 == 0) self.End();
            return Task.CompletedTask;
        }))).InTime();
        Assert.Equal(Calls, count);
        Assert.True(engine.Life.Activations > 1);
    }

    [Fact]
    public async Task ManyGrainsIncrementOneCounterAndStorageCountsAll()
    {
        await using var engine = await Engine.Start();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(
            number => engine.Grains.GetGrain<ICounterGrain>($"{number}").IncrementOther("sum"))).InTime();
        Assert.Equal(200, await engine.Grains.GetGrain<ICounterGrain>("sum").Get().InTime());
    }
}
