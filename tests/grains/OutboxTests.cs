using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Sessions;

namespace Gatehouse.Grains.Tests;

public sealed class OutboxTests
{
    private const int Limit = 4;

    private readonly SessionState _state = new();

    private Outbox Outbox => new(_state, Limit);

    [Fact]
    public void EventsAreNumberedFromOneWithoutGaps()
    {
        Assert.Equal([1, 2, 3], Append(3).Select(entry => entry.Sequence));
        Assert.Equal(3, _state.Sequence);
    }

    [Fact]
    public void EventSaysWhoTheSessionIsLoggedInAs()
    {
        var (userId, now) = (Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var token = new IssuedToken("a token", userId, now, now);
        (_state.Login, _state.UserId, _state.UserName) = (LoginState.User, userId, "Ada");
        var entry = Outbox.Append(SessionEventKind.LoggedIn, token);
        Assert.Equal(new SessionEvent(1, SessionEventKind.LoggedIn, LoginState.User, userId, "Ada", token), entry);
        Assert.Equal([entry], Outbox.After(0));
    }

    [Fact]
    public void OldestEventsGoFirst()
    {
        Append(Limit + 3);
        Assert.Equal([4, 5, 6, 7], Numbers(after: 0));
    }

    [Fact]
    public void StoredOutboxOfAHigherLimitShrinksToTheLimit()
    {
        for (var number = 0; number < 10; number++) new Outbox(_state, limit: 100).Append(SessionEventKind.LoggedOut);
        Append(1);
        Assert.Equal([8, 9, 10, 11], Numbers(after: 0));
    }

    [Theory]
    [InlineData(long.MinValue, "1 2 3")]
    [InlineData(0, "1 2 3")]
    [InlineData(2, "3")]
    [InlineData(3, "")]
    [InlineData(long.MaxValue, "")]
    public void AcknowledgedEventsLeave(long sequence, string left)
    {
        Append(3);
        // What a client misses is the same, and nothing is taken away by asking.
        Assert.Equal(left, string.Join(' ', Numbers(after: sequence)));
        Outbox.Acknowledge(sequence);
        Assert.Equal(left, string.Join(' ', Numbers(after: long.MinValue)));
        Assert.Equal([4], Append(1).Select(entry => entry.Sequence));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(long.MaxValue, false)]
    public void NothingIsLackingAfterANumberWhoseSuccessorsAreAllThere(long sequence, bool hasAll)
    {
        Append(6);
        Assert.Equal(hasAll, Outbox.HasAllAfter(sequence));
    }

    [Fact]
    public void NothingIsLackingOfAnOutboxThatIsEmpty()
    {
        Assert.True(Outbox.HasAllAfter(0));
        Append(3);
        Outbox.Acknowledge(3);
        Assert.True(Outbox.HasAllAfter(3));
        Assert.False(Outbox.HasAllAfter(2));
    }

    [Fact]
    public void OnlyASessionWithoutEventsCountsOnFromAnother()
    {
        Outbox.CountOnFrom(5);
        Assert.Equal([6], Append(1).Select(entry => entry.Sequence));
        Outbox.CountOnFrom(50);
        Assert.Equal([7], Append(1).Select(entry => entry.Sequence));
    }

    private List<SessionEvent> Append(int events)
    {
        var appended = new List<SessionEvent>();
        while (appended.Count < events) appended.Add(Outbox.Append(SessionEventKind.BecameGuest));
        return appended;
    }

    private IEnumerable<long> Numbers(long after) => Outbox.After(after).Select(entry => entry.Sequence);
}
