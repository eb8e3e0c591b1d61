using Gatehouse.Gateway.Concurrency;

namespace Gatehouse.Gateway.Tests;

public sealed class CoalescedTests
{
    private readonly Coalesced _coalesced = new();
    private readonly List<Exception> _failures = [];
    private int _looks;

    [Fact]
    public async Task RequestIsOneLook()
    {
        await Run(() => Task.CompletedTask).InTime();
        await Run(() => Task.CompletedTask).InTime();
        Assert.Equal(2, _looks);
    }

    [Fact]
    public async Task RequestsDuringALookAreTogetherOneMoreLook()
    {
        var held = new TaskCompletionSource();
        var running = Run(() => held.Task);
        // These do not wait: the one that is looking looks for them.
        for (var request = 0; request < 10; request++) Assert.True(Run(() => held.Task).IsCompletedSuccessfully);
        Assert.Equal(1, _looks);
        Assert.False(running.IsCompleted);
        held.SetResult();
        await running.InTime();
        Assert.Equal(2, _looks);
    }

    [Fact]
    public async Task FailureIsToldAndEndsNeitherThisLookingNorTheNext()
    {
        var held = new TaskCompletionSource();
        var running = Run(() => held.Task);
        await Run(() => held.Task).InTime();
        var failure = new TimeoutException();
        held.SetException(failure);
        await running.InTime();
        Assert.Equal([failure, failure], _failures);
        await Run(() => Task.CompletedTask).InTime();
        Assert.Equal(3, _looks);
    }

    /// <summary>From many threads: never two looks at once, and what was there before a request is seen by a look that begins after it.</summary>
    [Fact]
    public async Task LooksNeverOverlapAndMissNothing()
    {
        var (asked, seen, inside, overlaps) = (0, 0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < 2000; round++)
            {
                Interlocked.Increment(ref asked);
                await _coalesced.Run(
                    async () =>
                    {
                        if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref overlaps);
                        seen = Volatile.Read(ref asked);
                        await Task.Yield();
                        Interlocked.Decrement(ref inside);
                    },
                    _failures.Add);
            }
        }))).InTime();
        Assert.Equal((16000, 0), (seen, overlaps));
        Assert.Empty(_failures);
    }

    private Task Run(Func<Task> look) => _coalesced.Run(
        () =>
        {
            _looks++;
            return look();
        },
        _failures.Add);
}
