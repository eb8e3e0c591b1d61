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
