using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>The chat protocol on one connection, see docs/PROTOCOLS.md, "chat".</summary>
public sealed partial class ChatProtocol : EventProtocol<ChatProtocol>, IResumableProtocol, INamesEvents
{
    /// <summary>The client events of both dialects, and the extensions; the server's are in <see cref="ChatServerEvents"/>.</summary>
    public static readonly EventTable<ChatProtocol> Events = new()
    {
        { "Auth", (protocol, payload) => protocol.Authenticate("Auth", payload), InternalError, Limit.Passwords },
        { "auth", (protocol, payload) => protocol.Authenticate("auth", payload), InternalError, Limit.Passwords },
        { "message", (protocol, payload) => protocol.Message(payload), InternalError, /* isPipelined */ true },
        { "mute", (protocol, payload) => protocol.Mute(payload), InternalError },
        { "kick", (protocol, payload) => protocol.Moderate("kick", ModerationKind.Kick, payload), InternalError },
        { "ban", (protocol, payload) => protocol.Moderate("ban", ModerationKind.Ban, payload), InternalError },
        { "setMod", (protocol, payload) => protocol.Appoint("setMod", RoomLevel.Moderator, payload), InternalError },
        { "delMod", (protocol, payload) => protocol.Appoint("delMod", RoomLevel.User, payload), InternalError },
        { "deleteMessage", (protocol, payload) => protocol.DeleteMessage(payload), InternalError },
        { "disconnect", (protocol, _) => protocol.Connection.Close(), InternalError },
        // Extensions: a client that uses one of them hears of the events that belong to them.
        { "unban", (protocol, payload) => protocol.Moderate("unban", ModerationKind.Unban, payload), InternalError },
        { "setVip", (protocol, payload) => protocol.Appoint("setVip", RoomLevel.Vip, payload), InternalError },
        { "history", (protocol, payload) => protocol.History(payload), InternalError },
        { "members", (protocol, _) => protocol.Members(), InternalError },
        { "typing", (protocol, payload) => protocol.Typing(payload), InternalError },
        { "leave", (protocol, _) => protocol.LeaveRoom(), InternalError },
    };

    private const int MaxReason = 500;
    private const int MaxHistory = 200;

    /// <summary>A longer one is a field like any other.</summary>
    private const int MaxNonce = 64;

    /// <summary>Whoever has missed more begins anew.</summary>
    private const int MaxMissed = 5000, MaxMissedBytes = 32 * 1024 * 1024;

    private readonly IGrainFactory _grains;
    private readonly LocalRooms _rooms;
    private readonly TokenSigner _tokens;
    private readonly SessionLink _link;
    private readonly ChatDialect _dialect = new();
    private readonly ILogger _logger;
    private ChatMembership? _membership;

    /// <summary>Whether a login has ended since the client began to enter, at a moment when it was in no room.</summary>
    private volatile bool _endedOutside;

    /// <summary>The entry of a client that has come back and was sent nothing yet.</summary>
    private RoomEntry? _returned;

    public ChatProtocol(
        IConnection connection,
        IGrainFactory grains,
        SessionLinks links,
        LocalRooms rooms,
        TokenSigner tokens,
        ILogger<ChatProtocol> logger) : base("chat", connection, logger)
    {
        (_grains, _rooms, _tokens, _logger) = (grains, rooms, tokens, logger);
        _link = links.Create(connection, "chat", SessionChanged);
    }

    public static IEnumerable<string> EventNames => Events;

    private static ServerEvent InternalError => ChatServerEvents.Error(ChatReply.InternalError);

    public async Task<Resumption> Resume(string? offset)
    {
        if (Connection.Ticket is not { } ticket) return Resumption.Anew();
        _endedOutside = false;
        var session = _grains.Session(ticket.SessionId);
        var reply = await session.Resume(_link.Caller, new Secret(ticket.Secret), after: 0);
        if (!reply.Recovered) return Resumption.Anew();
        await _link.Continue(ticket.SessionId, reply.State, reply.Sequence, [], () => Task.CompletedTask);

        if (reply.State == LoginState.Undefined) return Anew(WhyEnded(reply.Events));
        if (await session.ReturnToRoom(_link.Caller) is not { } entry) return Resumption.Anew();
        if (entry.Refusal != Refusal.None) return Anew(entry.Refusal == Refusal.Closed ? ChatReply.Closed : ChatReply.Banned);

        using var lease = _rooms.Lease(entry.Room);
        if (ChatOffset.Parse(offset) is not { } seen || !seen.IsOf(lease.Room.Tag, entry)) return Anew(ChatReply.Required);
        // From after the lease: what the room tells from then on is not lost.
        if (await lease.Room.Grain.FindEndOfReplay(seen.Sequence, MaxMissed, MaxMissedBytes) is not { } newest) return Anew(ChatReply.Required);
        _returned = entry with { Join = entry.Join! with { Sequence = newest } };
        _membership = Seat(lease.Room, entry, seen.Sequence, seen.WithId);
        return new Resumption(seen.ToString(), []);

        static Resumption Anew(RawJson why) => Resumption.Anew(ChatServerEvents.Error(why));
    }

    public async Task Resumed()
    {
        if (_membership is not { } membership || _returned is not { } entry) return;
        _returned = null;
        try
        {
            await Enter(membership, entry);
        }
        catch (Exception failure)
        {
            LogNotResumed(failure);
            await SendError(ChatReply.Required);
        }
    }

    protected override ClientEvent<ChatProtocol>? Find(string name, JsonElement payload) => Events.Find(name);

    protected override IReadOnlyList<ServerEvent>? Refuse(ClientEvent<ChatProtocol>? found, string name, JsonElement payload)
    {
        if (_membership is null && found?.Name is not ("Auth" or "auth" or "disconnect"))
        {
            return [ChatServerEvents.Error(ChatReply.Required)];
        }
        return found is null ? [ChatServerEvents.Error(ChatReply.UnknownEvent)] : null;
    }

    protected override IReadOnlyList<ServerEvent> Withhold(ClientEvent<ChatProtocol> withheld, string name, int retryAfter) =>
        [ChatServerEvents.Error(ChatReply.TooManyFor(retryAfter))];

    protected override IReadOnlyList<ServerEvent> Unacceptable(ClientEvent<ChatProtocol> refused, string name) =>
        [ChatServerEvents.Error(ChatReply.Invalid)];

    protected override Task EnsureValid(ClientEvent<ChatProtocol> wanted) =>
        wanted.Name == "disconnect" ? Task.CompletedTask : _link.EnsureValid();

    protected override Task Detach()
    {
        Leave();
        return _link.Detach();
    }

    private async Task Authenticate(string name, JsonElement payload)
    {
        // The first dialect says user, the later one username; over SignalR that alone tells them apart.
        var (user, username) = (payload.Text("user"), payload.Text("username"));
        Func<string, Task<RoomEntry>>? enter = null;
        if (payload.Text("token") is { } typedToken)
        {
            // An extension: who is logged in by another protocol need not type the password again.
            if (_tokens.Verify(typedToken) is { } token)
            {
                enter = room => _link.Session.EnterRoomByToken(_link.Caller, token.UserId, token.TokenId, room);
            }
        }
        else if ((user ?? username) is { } login && payload.Text("password") is { } password)
        {
            enter = room => _link.Session.EnterRoom(_link.Caller, new Credentials(login, new Secret(password)), room, Gone);
        }
        if (payload.Text("room") is not { } typed || RoomName.Of(typed) is not { } roomName) await SendError(ChatReply.Incomplete);
        else if (enter is null) await SendError(payload.Text("token") is null ? ChatReply.Incomplete : ChatReply.Failed);
        else await EnterRoom(name, roomName, enter, usesIds: user is null);
    }

    private async Task EnterRoom(string name, string roomName, Func<string, Task<RoomEntry>> enter, bool usesIds)
    {
        // Before the session enters: what the room tells from then on must not be lost.
        using var lease = _rooms.Lease(roomName);
        _endedOutside = false;
        var entry = await enter(roomName);
        if (entry.Refusal != Refusal.None)
        {
            await SendError(entry.Refusal switch
            {
                Refusal.Room => ChatReply.Incomplete,
                Refusal.Banned => ChatReply.Banned,
                Refusal.Closed => ChatReply.Closed,
                Refusal.Withheld => ChatReply.TooMany,
                _ => ChatReply.Failed,
            });
            return;
        }
        _link.LoggedIn();
        var former = Leave();
        // Whoever enters the room that they are in goes on where they were.
        var seen = former?.Room == lease.Room ? former.Seen : entry.Join!.Sequence;
        if (entry.Token is { } token) await Send(ChatServerEvents.TokenChange(_tokens.Sign(token)));
        await Send(ChatServerEvents.Authenticated(
            name, usesIds ? entry.Join!.Level : null, new ChatOffset(lease.Room.Tag, seen, usesIds, entry.Id)));
        await Enter(_membership = Seat(lease.Room, entry, seen, usesIds), entry);
    }

    private async Task Message(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("content", out _))
        {
            await SendError(ChatReply.Invalid);
            return;
        }
        var member = _membership!;
        var nonce = payload.Label("nonce", MaxNonce);
        var reply = await member.Room.Post(new Posting(member.SessionId, ChatMessages.Compose(member.Name, payload), nonce));
        switch (reply.Outcome)
        {
            case PostOutcome.Muted:
                await Send(ChatServerEvents.Muted(reply.MutedFor));
                break;
            case PostOutcome.TooLong:
                await SendError(ChatReply.TooLong);
                break;
            case PostOutcome.Busy:
                await SendError(ChatReply.Busy);
                break;
            case PostOutcome.NotMember:
                await SendError(ChatReply.Required);
                break;
        }
    }

    private async Task Mute(JsonElement payload)
    {
        // A year is for ever enough, and no overflow.
        if (payload.Number("duration") is not { } seconds || seconds is < 0 or > 31_536_000) await SendError(ChatReply.Invalid);
        else await Moderate("mute", ModerationKind.Mute, payload, TimeSpan.FromSeconds(seconds));
    }

    private Task Appoint(string name, RoomLevel level, JsonElement payload) =>
        Moderate(name, ModerationKind.Appoint, payload, level: level);

    private async Task Moderate(
        string name, ModerationKind kind, JsonElement payload, TimeSpan duration = default, RoomLevel level = RoomLevel.User)
    {
        var reason = payload.Text("reason") ?? "";
        if (payload.Text("username") is not { } username || reason.Length > MaxReason)
        {
            await SendError(ChatReply.Invalid);
            return;
        }
        var outcome = await _membership!.Room.Grain.Moderate(_membership.SessionId, new Moderation(kind, username, duration, reason, level));
        await Answer(outcome, ChatServerEvents.Moderated(name, username, reason));
    }

    private async Task DeleteMessage(JsonElement payload)
    {
        if (payload.Number("id") is not { } id)
        {
            await SendError(ChatReply.Invalid);
            return;
        }
        var outcome = await _membership!.Room.Grain.DeleteMessage(_membership.SessionId, id);
        await Answer(outcome, ChatServerEvents.DeletionDone(id));
    }

    private async Task History(JsonElement payload)
    {
        var limit = Math.Clamp(payload.Number("limit") ?? 50, 1, MaxHistory);
        _dialect.AddExtensions();
        var page = payload.Number("after") is { } after
            ? await _membership!.Room.Grain.Read(after, (int)limit)
            : await _membership!.Room.Grain.ReadBack(payload.Number("before"), (int)limit);
        await Send(ChatServerEvents.History(page));
    }

    private async Task Members()
    {
        _dialect.AddExtensions();
        await Send(ChatServerEvents.Members(await _membership!.Room.Grain.GetMembers()));
    }

    private async Task Typing(JsonElement payload)
    {
        _dialect.AddExtensions();
        await _membership!.Room.Grain.Type(_membership.SessionId, isTyping: payload.ValueKind != JsonValueKind.False);
    }

    private async Task LeaveRoom()
    {
        _dialect.AddExtensions();
        await _link.Session.LeaveRoom();
        Leave();
        await Send(ChatServerEvents.Left);
    }

    private async Task Answer(ModerationOutcome outcome, ServerEvent success) => await Send(outcome switch
    {
        ModerationOutcome.Done => success,
        ModerationOutcome.NotAllowed => ChatServerEvents.Error(ChatReply.NotAllowed),
        ModerationOutcome.NotFound => ChatServerEvents.Error(ChatReply.NotFound),
        _ => ChatServerEvents.Error(ChatReply.Required),
    });

    /// <summary>The client is no member any more, which was not its will: it is told, and disconnected.</summary>
    private void Evict(ChatMembership membership, ServerEvent told)
    {
        if (Interlocked.CompareExchange(ref _membership, null, membership) != membership) return;
        membership.Dispose();
        Connection.Deliver(new SharedEvents(told));
        _ = Connection.Close();
    }

    private ChatMembership Seat(LocalRoom room, RoomEntry entry, long seen, bool usesIds) =>
        new(Connection, _rooms.Lease(room.Name), entry.Member!, seen, usesIds, _dialect, Evict);

    /// <summary>From now on the connection gets what is said in the room.</summary>
    private async Task Enter(ChatMembership membership, RoomEntry entry)
    {
        try
        {
            if (!await membership.Enter(entry))
            {
                Leave();
                await _link.Session.LeaveRoom();
                await SendError(ChatReply.Required);
            }
        }
        catch
        {
            // Better outside than deaf.
            Leave();
            throw;
        }
        // The end may have come meanwhile, and found no membership.
        if (IsClosed) Leave();
        // So may the end of the login.
        if (!_endedOutside || await _link.Session.GetState() != LoginState.Undefined) return;
        Leave();
        await SendError(ChatReply.Required);
    }

    /// <summary>The connection gets nothing of the room any more.</summary>
    private ChatMembership? Leave()
    {
        var membership = Interlocked.Exchange(ref _membership, null);
        membership?.Dispose();
        return membership;
    }

    /// <summary>The login ended elsewhere, and with it the place in the room.</summary>
    private async Task SessionChanged(IReadOnlyList<SessionEvent> events)
    {
        if (events[^1].State != LoginState.Undefined) return;
        if (_membership is null)
        {
            _endedOutside = true;
            return;
        }
        Leave();
        await SendError(WhyEnded(events));
    }

    private static RawJson WhyEnded(IReadOnlyList<SessionEvent> events) =>
        events is [.., { IsBanned: true }] ? ChatReply.Banned : ChatReply.Required;

    private Task SendError(RawJson reply) => Send(ChatServerEvents.Error(reply));

    [LoggerMessage(LogLevel.Warning, "A client that has come back could not be sent what it missed")]
    private partial void LogNotResumed(Exception failure);
}
