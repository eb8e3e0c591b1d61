using System.Collections.Immutable;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>
/// What ties one connection to one session: attaches on first use, delivers the session's events once and in order whether they
/// come by reply or by wake-up, and detaches. Commands are used by one event at a time; wake-ups may come at any time.
/// </summary>
public sealed class SessionLink(
    IConnection connection,
    string protocol,
    string gatewayId,
    Func<IReadOnlyList<SessionEvent>, Task> deliver,
    IGrainFactory grains,
    LocalSessions local,
    SessionRevalidation revalidation,
    PendingDetaches detaches,
    TimeProvider time) : ISessionListener
{
    private readonly AsyncLock _delivering = new();
    private string? _sessionId;
    private long _seen;
    private LoginState _login;
    private long _lookedAt = long.MinValue;

    /// <summary>The connection, as grains know it.</summary>
    public Caller Caller => new(
        connection.Id, protocol, gatewayId, connection.Address,
        connection.Ticket is { } ticket ? new ResumeTicket(new Secret(ticket.Secret), ticket.Tag) : null,
        Volatile.Read(ref _seen));

    /// <summary>The session's id: the one that the transport will ask for, or a new one, or what <see cref="Continue"/> says.</summary>
    public string SessionId => _sessionId ??= connection.Ticket?.SessionId ?? RandomId.New();

    /// <summary>Whether the session was used: one that never was costs no grain.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>The session, to be used: attaches this connection to it.</summary>
    public ISessionGrain Session
    {
        get
        {
            if (!IsAttached)
            {
                IsAttached = true;
                local.Add(SessionId, this);
            }
            return grains.Session(SessionId);
        }
    }

    /// <summary>A command has logged the session in, whose reply brings no event; any that there are come with the next look.</summary>
    public void LoggedIn() => _login = LoginState.User;

    /// <summary>Delivers those of the events that were not delivered yet.</summary>
    public async Task Deliver(ImmutableArray<SessionEvent> events)
    {
        if (events.IsEmpty) return;
        using var held = await _delivering.Acquire();
        await DeliverUnseen(events);
    }

    /// <summary>Has the session check its login, fetches what it has to tell, and delivers it.</summary>
    public async Task Revalidate()
    {
        var now = time.GetTimestamp();
        await Deliver(await grains.Session(SessionId).Revalidate(Volatile.Read(ref _seen), _login));
        Volatile.Write(ref _lookedAt, now);
    }

    /// <summary>
    /// Makes sure that the session may still act: revalidates it when there is news of it, or may be. To be called before anything is done in
    /// its name; throws when it cannot be known.
    /// </summary>
    public Task EnsureValid() =>
        IsAttached && revalidation.DueSince(SessionId) >= Volatile.Read(ref _lookedAt) ? Revalidate() : Task.CompletedTask;

    /// <summary>Runs a command whose events this connection does not want to hear of: it gets an answer of its own.</summary>
    public async Task<SessionReply> Silently(Func<Task<SessionReply>> command)
    {
        using var held = await _delivering.Acquire();
        var reply = await command();
        if (reply.Events is [.., var last]) See(last);
        return reply;
    }

    /// <summary>Goes on with another session.</summary>
    /// <param name="sessionId">The session; the one before is left.</param>
    /// <param name="login">What it is now.</param>
    /// <param name="seen">The newest event that the client has seen.</param>
    /// <param name="missed">The events after that.</param>
    /// <param name="greet">Tells the client where it stands, before anything that wakes this connection is delivered.</param>
    public async Task Continue(
        string sessionId, LoginState login, long seen, ImmutableArray<SessionEvent> missed, Func<Task> greet)
    {
        if (sessionId != SessionId)
        {
            await Detach();
            _sessionId = sessionId;
            IsAttached = false;
            Volatile.Write(ref _lookedAt, long.MinValue);
        }
        using var held = await _delivering.Acquire();
        Volatile.Write(ref _seen, seen);
        _login = login;
        if (!IsAttached)
        {
            _ = Session;
            revalidation.Require(sessionId);
        }
        await greet();
        await DeliverUnseen(missed);
    }

    /// <summary>The connection is gone from its session, now or as soon as the session can be told. Never throws.</summary>
    public async Task Detach()
    {
        if (!IsAttached) return;
        local.Remove(SessionId, this);
        await detaches.Detach(SessionId, connection.Id);
    }

    private async Task DeliverUnseen(ImmutableArray<SessionEvent> events)
    {
        var unseen = events.RemoveAll(entry => entry.Sequence <= _seen);
        if (unseen.IsEmpty) return;
        See(unseen[^1]);
        await deliver(unseen);
    }

    private void See(SessionEvent newest)
    {
        if (newest.Sequence <= _seen) return;
        Volatile.Write(ref _seen, newest.Sequence);
        _login = newest.State;
    }
}
