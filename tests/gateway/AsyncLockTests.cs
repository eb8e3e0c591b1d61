using Gatehouse.Gateway.Concurrency;

namespace Gatehouse.Gateway.Tests;

public sealed class AsyncLockTests
{
    private readonly AsyncLock _lock = new();

    [Fact]
    public async Task VisitorWaitsUntilTheOneInsideHasGone()
    {
        var first = await _lock.Acquire();
        var second = _lock.Acquire().AsTask();
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.InTime()).Dispose();
    }

    [Fact]
    public async Task VisitorsAreNeverInsideTogether()
    {
        var (inside, most, visits) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < 500; round++)
            {
                using var held = await _lock.Acquire();
                most = Math.Max(most, ++inside);
                await Task.Yield();
                inside--;
                visits++;
            }
        }))).InTime();
        Assert.Equal((1, 4000), (most, visits));
    }
}
