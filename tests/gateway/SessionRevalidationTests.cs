using System.Collections.Immutable;
using System.Reflection;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Gateways;

namespace Gatehouse.Gateway.Tests;

/// <summary>When a session must be looked after before it may act.</summary>
public sealed class SessionRevalidationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LocalSessions _sessions = new();
    private readonly Listener _listener = new();
    private readonly FakeGateway _gateway;
    private readonly SessionRevalidation _revalidation;

    public SessionRevalidationTests()
    {
        var gateway = DispatchProxy.Create<IGatewayGrain, FakeGateway>();
        _gateway = (FakeGateway)(object)gateway;
        _revalidation = Revalidations.Held(_sessions, FakeGrains.Of(new FakeSession(), out _, gateway), _time);
        _sessions.Add("session", _listener);
    }

    [Fact]
    public void SessionWithoutNewsMayActWhileTheLeaseIsHeld()
    {
        _time.Advance(Revalidations.Lease - TimeSpan.FromSeconds(1));
        Assert.True(_revalidation.IsLeaseHeld);
        Assert.Null(_revalidation.DueSince("session"));
    }

    [Fact]
    public void LeaseThatEndedLetsNobodyActWhoWasNotLookedAfterWithinOne()
    {
        _time.Advance(Revalidations.Lease);
        Assert.False(_revalidation.IsLeaseHeld);
        Assert.Equal(_time.GetTimestamp() - Revalidations.Lease.Ticks, _revalidation.DueSince("session"));
        _revalidation.Renewed(_time.GetTimestamp(), Revalidations.Lease);
        Assert.Null(_revalidation.DueSince("session"));
    }

    [Fact]
    public async Task WakeUpIsAcknowledgedWhenAllConnectionsHaveLooked()
    {
        var other = new Listener();
        _sessions.Add("session", other);
        _revalidation.Require([new SessionWake("session", 7)]);
        _listener.Look(1);
        await _revalidation.Retry().InTime();
        Assert.NotNull(_revalidation.DueSince("session"));
        Assert.Empty(_gateway.Acknowledged);
        other.Look(1);
        await Settled();
        Assert.Equal([new SessionWake("session", 7)], _gateway.Acknowledged);
    }

    [Fact]
    public void NewsDoesNotWaitBehindThoseThatMayHaveSome()
    {
        for (var number = 0; number < 10; number++)
        {
            var sessionId = $"unhurried {number}";
            _sessions.Add(sessionId, new Listener());
            _revalidation.Require(sessionId);
        }
        _revalidation.Require("session");
        Assert.Equal(0, _listener.Looks);
        _revalidation.Require([new SessionWake("session", 7)]);
        Assert.Equal(1, _listener.Looks);
    }

    [Fact]
    public async Task LookThatFailsIsRepeatedUntilItSucceedsAndTheSessionMayNotActMeanwhile()
    {
        _revalidation.Require([new SessionWake("session", 7)]);
        var since = _revalidation.DueSince("session");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            _listener.Fail(attempt);
            Assert.Equal(since, _revalidation.DueSince("session"));
            await _revalidation.Retry().InTime();
        }
        _listener.Look(4);
        await Settled();
        Assert.Equal(4, _listener.Looks);
        Assert.Equal([new SessionWake("session", 7)], _gateway.Acknowledged);
    }

    [Fact]
    public async Task WakeUpsDuringALookAreTogetherOneMore()
    {
        for (var number = 1; number <= 10; number++) _revalidation.Require([new SessionWake("session", number)]);
        Assert.Equal(1, _listener.Looks);
        _listener.Look(1);
        Assert.Equal(2, _listener.Looks);
        await _revalidation.Retry().InTime();
        Assert.Empty(_gateway.Acknowledged);
        _listener.Look(2);
        await Settled();
        Assert.Equal(2, _listener.Looks);
        Assert.Equal([new SessionWake("session", 10)], _gateway.Acknowledged);
    }

    [Fact]
    public async Task WakeUpThatNobodyPushedIsReadBeforeTheLeaseIsRenewed()
    {
        _gateway.Stored = [new SessionWake("session", 7)];
        await _revalidation.Read().InTime();
        Assert.NotNull(_revalidation.DueSince("session"));
        _listener.Look(1);
        // Looked after, and not acknowledged yet.
        while (_revalidation.DueSince("session") is not null) await Task.Yield();
        await _revalidation.Read().InTime();
        await Settled();
        Assert.Equal(1, _listener.Looks);
        Assert.Equal(_gateway.Stored, _gateway.Acknowledged);
    }

    [Fact]
    public async Task NothingIsReadWhileTheLeaseIsNotHeldBecauseItsRenewalBringsAll()
    {
        _time.Advance(Revalidations.Lease);
        _gateway.Stored = [new SessionWake("session", 7)];
        await _revalidation.Read().InTime();
        Assert.Equal(0, _listener.Looks);
    }

    [Fact]
    public async Task WakeUpThatIsReadAgainIsNoNewOne()
    {
        _revalidation.Require([new SessionWake("session", 7)]);
        _revalidation.Require([new SessionWake("session", 7)]);
        _listener.Look(1);
        await Settled();
        Assert.Equal(1, _listener.Looks);
    }

    [Fact]
    public async Task LookThatHangsDoesNotHoldUpOtherSessions()
    {
        var other = new Listener();
        _sessions.Add("another", other);
        _revalidation.Require([new SessionWake("session", 1), new SessionWake("another", 2)]);
        other.Look(1);
        await _revalidation.Retry().InTime();
        Assert.Equal([new SessionWake("another", 2)], _gateway.Acknowledged);
    }

    [Fact]
    public async Task WakeUpOfASessionThatIsNotHereWaitsForOneThatIsOnItsWay()
    {
        _revalidation.Require([new SessionWake("coming", 7)]);
        await _revalidation.Retry().InTime();
        Assert.NotNull(_revalidation.DueSince("coming"));
        _time.Advance(TimeSpan.FromSeconds(31));
        _revalidation.Renewed(_time.GetTimestamp(), Revalidations.Lease);
        await Settled("coming");
        Assert.Equal([new SessionWake("coming", 7)], _gateway.Acknowledged);
    }

    [Fact]
    public async Task AcknowledgementThatFailedIsRepeated()
    {
        _gateway.Failures = 1;
        _revalidation.Require([new SessionWake("session", 7)]);
        _listener.Look(1);
        await Assert.ThrowsAsync<TimeoutException>(_revalidation.Retry).InTime();
        await _revalidation.Retry().InTime();
        Assert.Equal([new SessionWake("session", 7)], _gateway.Acknowledged);
    }

    [Fact]
    public async Task AllAreLookedAfterWhenTheProcessMayHaveCountedAsGone()
    {
        _revalidation.RequireAll();
        _revalidation.Renewed(_time.GetTimestamp(), Revalidations.Lease);
        Assert.NotNull(_revalidation.DueSince("session"));
        await _revalidation.Retry().InTime();
        _listener.Look(1);
        await Settled();
        Assert.Empty(_gateway.Acknowledged);
    }

    /// <summary>The chore is done until nothing is left to be done for a session.</summary>
    private async Task Settled(string sessionId = "session")
    {
        await _revalidation.Retry().InTime();
        while (_revalidation.DueSince(sessionId) is not null) await Task.Yield();
        await _revalidation.Retry().InTime();
    }

    private sealed class Listener : ISessionListener
    {
        private readonly List<TaskCompletionSource> _looks = [];

        public int Looks => _looks.Count;

        public void Look(int number) => _looks[number - 1].SetResult();

        public void Fail(int number) => _looks[number - 1].SetException(new TimeoutException());

        public Task Revalidate()
        {
            var look = new TaskCompletionSource();
            _looks.Add(look);
            return look.Task;
        }
    }

    public class FakeGateway : DispatchProxy
    {
        internal List<SessionWake> Acknowledged { get; } = [];

        internal ImmutableArray<SessionWake> Stored { get; set; } = [];

        internal int Failures { get; set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            if (method!.Name == nameof(IGatewayGrain.GetWakes)) return Task.FromResult(Stored);
            Assert.Equal(nameof(IGatewayGrain.Acknowledge), method!.Name);
            if (Failures-- > 0) return Task.FromException(new TimeoutException());
            Acknowledged.AddRange((ImmutableArray<SessionWake>)arguments![0]!);
            return Task.CompletedTask;
        }
    }
}
