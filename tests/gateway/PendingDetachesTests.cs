using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

public sealed class PendingDetachesTests
{
    private readonly FakeSession _session = new();
    private readonly PendingDetaches _detaches;

    public PendingDetachesTests() => _detaches = new PendingDetaches(
        FakeGrains.Of(_session, out _), NullLogger<PendingDetaches>.Instance);

    [Fact]
    public async Task DetachThatSucceededIsNotRepeated()
    {
        await _detaches.Detach("session", "one").InTime();
        await _detaches.Retry().InTime();
        Assert.Equal(["Detach one"], _session.Calls);
    }

    [Fact]
    public async Task NoMoreAreKeptThanMayBe()
    {
        var detaches = new PendingDetaches(FakeGrains.Of(_session, out _), NullLogger<PendingDetaches>.Instance) { Limit = 2 };
        _session.Failure = new TimeoutException();
        foreach (var connection in new[] { "one", "two", "three" }) await detaches.Detach("session", connection).InTime();
        await detaches.Retry().InTime();
        await detaches.Detach("session", "four").InTime();
        _session.Failure = null;
        _session.Calls.Clear();
        await detaches.Retry().InTime();
        Assert.Equal(["Detach one", "Detach two"], _session.Calls.Order());
        // There is room again.
        _session.Failure = new TimeoutException();
        await detaches.Detach("session", "five").InTime();
        _session.Failure = null;
        await detaches.Retry().InTime();
        Assert.Equal(["Detach five", "Detach five"], _session.Calls.Skip(2));
    }

    [Fact]
    public async Task DetachThatFailedIsRepeatedUntilItSucceeds()
    {
        _session.Failure = new TimeoutException();
        await _detaches.Detach("session", "one").InTime();
        await _detaches.Detach("session", "other").InTime();
        await _detaches.Retry().InTime();
        _session.Failure = null;
        await _detaches.Retry().InTime();
        await _detaches.Retry().InTime();
        string[] both = ["Detach one", "Detach other"];
        Assert.Equal([.. both, .. both, .. both], _session.Calls.Chunk(2).SelectMany(round => round.Order()));
    }
}
