using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class CancellationTests
{
    private readonly Signal _entered = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task ACancelledTokenReachesTheCallee()
    {
        await using var engine = await Engine.Start();
        using var source = new CancellationTokenSource();
        var seen = new Signal();
        var call = engine.Worker().DoCancellable(
            async token =>
            {
                _entered.Set();
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                seen.Set();
                await _release.Task;
            },
            source.Token);
        await _entered.Task;
        await source.CancelAsync();
        await seen.Task;
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        Assert.Equal(source.Token, thrown.CancellationToken);
        _release.Set();
    }

    [Fact]
    public async Task TheCallerDoesNotWaitForACalleeThatIgnoresTheToken()
    {
        await using var engine = await Engine.Start();
        using var source = new CancellationTokenSource();
        var call = engine.Worker().DoCancellable(
            _ =>
            {
                _entered.Set();
                return _release.Task;
            },
            source.Token);
        await _entered.Task;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        _release.Set();
        await engine.Worker().Nothing();
    }

    [Fact]
    public async Task ACallCancelledWhileItWaitedNeverStarts()
    {
        await using var engine = await Engine.Start();
        using var source = new CancellationTokenSource();
        var started = false;
        var first = engine.Worker().Do(() =>
        {
            _entered.Set();
            return _release.Task;
        });
        await _entered.Task;
        var second = engine.Worker().DoCancellable(
            _ =>
            {
                started = true;
                return Task.CompletedTask;
            },
            source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.InTime());
        _release.Set();
        await first.InTime();
        await engine.Worker().Nothing();
        Assert.False(started);
    }

    [Fact]
    public async Task ACancellationThrownByTheCalleeReachesTheCallerAsOne()
    {
        await using var engine = await Engine.Start();
        var call = engine.Worker().Do(() => Task.FromCanceled(new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        Assert.True(call.IsCanceled);
    }
}
