using Gatehouse.Embedded.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Embedded.Tests;

public sealed class CallTests
{
    [Fact]
    public async Task ResultsOfEveryKindComeBack()
    {
        await using var engine = await Engine.Start();
        Assert.Equal(5, await engine.Worker().Add(2, 3));
        await engine.Worker().Nothing();
        Assert.Equal(engine.Worker("other"), await engine.Worker().Echo(engine.Worker("other")).InTime());
    }

    [Fact]
    public async Task AnExceptionReachesTheCallerWithItsTypeAndStack()
    {
        await using var engine = await Engine.Start();
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => engine.Worker().Do(FailLater).InTime());
        Assert.Equal("later", thrown.Message);
        Assert.Contains(nameof(FailLater), thrown.StackTrace);
    }

    [Fact]
    public async Task AnExceptionThrownBeforeTheFirstAwaitReachesTheCallerAsWell()
    {
        await using var engine = await Engine.Start();
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => engine.Worker().Do(FailNow).InTime());
        Assert.Contains(nameof(FailNow), thrown.StackTrace);
        Assert.Equal(5, await engine.Worker().Add(2, 3));
    }

    [Fact]
    public async Task AnExceptionPassesThroughAChainOfGrains()
    {
        await using var engine = await Engine.Start();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            () => engine.Worker("a").Do(() => engine.Worker("b").Do(FailLater)).InTime());
    }

    [Fact]
    public async Task AOneWayCallIsDoneForTheCallerAtOnceAndItsFailureIsLogged()
    {
        await using var engine = await Engine.Start();
        var release = new Signal();
        var told = engine.Worker().Tell(async () =>
        {
            await release.Task;
            throw new InvalidTimeZoneException("one-way");
        });
        Assert.True(told.IsCompletedSuccessfully);
        release.Set();
        await engine.Log.Expect("The one-way call worker/one.IWorkerGrain.Tell failed. one-way");
    }

    [Fact]
    public async Task AVoidCallRunsInOrderAndItsFailureIsLogged()
    {
        await using var engine = await Engine.Start();
        engine.Worker().Post(FailNow);
        await engine.Worker().Nothing();
        await engine.Log.Expect("The one-way call worker/one.IWorkerGrain.Post failed. now");
    }

    [Fact]
    public async Task MoreWaitingCallsThanAllowedAreRefused()
    {
        await using var engine = await Engine.Start(options => options.MaxQueuedCallsPerActivation = 3);
        var (entered, release) = (new Signal(), new Signal());
        var running = engine.Worker().Do(() =>
        {
            entered.Set();
            return release.Task;
        });
        await entered.Task;
        var waiting = Enumerable.Range(0, 3).Select(_ => engine.Worker().Nothing().AsTask()).ToList();
        var refused = await Assert.ThrowsAsync<LimitExceededException>(
            () => engine.Worker().Nothing().AsTask().InTime());
        Assert.Contains("worker/one", refused.Message);
        release.Set();
        await Task.WhenAll(waiting.Append(running)).InTime();
        await engine.Worker().Nothing();
    }

    [Fact]
    public async Task OptionsAreCheckedWhenTheHostStarts()
    {
        var wrong = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => Engine.Start(options => options.ResponseTimeout = TimeSpan.Zero));
        Assert.Contains("EmbeddedGrainOptions.ResponseTimeout", wrong.Message);
    }

    private static async Task FailLater()
    {
        await Task.Yield();
        throw new InvalidTimeZoneException("later");
    }

    private static Task FailNow() => throw new InvalidTimeZoneException("now");
}
