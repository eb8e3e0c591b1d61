using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>The chat protocol on one connection, see docs/PROTOCOLS.md, "chat".</summary>
public sealed partial class ChatProtocol : IResumableProtocol, INamesEvents
{
    /// <summary>The client events of both dialects, and the extensions.</summary>
    public static readonly EventTable<ChatProtocol, Task> Events = new()
    {
        { "Auth", (protocol, payload) => protocol.Authenticate("Auth", payload), Failure },
        { "auth", (protocol, payload) => protocol.Authenticate("auth", payload), Failure },
        { "message", (protocol, payload) => protocol.Message(payload), Failure },
        { "mute", (protocol, payload) => protocol.Mute(payload), Failure },
        { "kick", (protocol, payload) => protocol.Moderate("kick", ModerationKind.Kick, payload), Failure },
        { "ban", (protocol, payload) => protocol.Moderate("ban", ModerationKind.Ban, payload), Failure },
        { "setMod", (protocol, payload) => protocol.Appoint("setMod", RoomLevel.Moderator, payload), Failure },
        { "delMod", (protocol, payload) => protocol.Appoint("delMod", RoomLevel.User, payload), Failure },
        { "deleteMessage", (protocol, payload) => protocol.DeleteMessage(payload), Failure },
        { "disconnect", (protocol, _) => protocol._connection.Close(), Failure },
        // Extensions: a client that uses one of them hears of the events that belong to them.
        { "unban", (protocol, payload) => protocol.Moderate("unban", ModerationKind.Unban, payload), Failure },
        { "setVip", (protocol, payload) => protocol.Appoint("setVip", RoomLevel.Vip, payload), Failure },
        { "history", (protocol, payload) => protocol.History(payload), Failure },
        { "members", (protocol, _) => protocol.Members(), Failure },
        { "typing", (protocol, payload) => protocol.Typing(payload), Failure },
        { "leave", (protocol, _) => protocol.Leave(), Failure },
    };

    private const int MaxReason = 500;
    private const int MaxHistory = 200;

    /// <summary>More than a connection's queue holds need not be fetched: the client begins anew.</summary>
    private const int MaxMissed = 5000;

    private readonly IConnection _connection;
    private readonly IGrainFactory _grains;
    private readonly LocalRooms _rooms;
    private readonly TokenSigner _tokens;
    private readonly ILogger _logger;
    private readonly SessionLink _link;
    private ChatSeat? _seat;
    private volatile bool _isClosed;

    public ChatProtocol(
        IConnection connection,
        IGrainFactory grains,
        SessionLinks links,
        LocalRooms rooms,
        TokenSigner tokens,
        ILogger<ChatProtocol> logger)
    {
        (_connection, _grains, _rooms, _tokens, _logger) = (connection, grains, rooms, tokens, logger);
        _link = links.Create(connection, "chat", SessionChanged);
    }

    public static IEnumerable<string> EventNames => Events;

    /// <summary>Whether the client knows of the extensions, and so of their events.</summary>
    internal bool UsesExtensions { get; private set; }

    private static ServerEvent Failure => Error(ChatReply.InternalError);

    public async Task<object?> Receive(string name, JsonElement payload)
    {
        var entry = Events.Find(name);
        GatewayMeters.EventReceived("chat", entry?.Name ?? "unknown");
        try
        {
            if (_seat is null && entry?.Name is not ("Auth" or "auth" or "disconnect")) await Send(Error(ChatReply.Required));
            else if (entry is null) await Send(Error(ChatReply.UnknownEvent));
            else await entry.Handle(this, payload);
        }
        catch (Exception failure)
        {
            LogFailed(failure, entry!.Name);
            GatewayMeters.EventFailed("chat", entry.Name);
            await Send(entry.Failure);
        }
        await _link.Settle();
        return null;
    }

    public async Task Closed()
    {
        _isClosed = true;
        Rise();
        await _link.Close();
    }

    public async Task<IReadOnlyList<ServerEvent>?> Resume(string? offset)
    {
        if (_connection.Ticket is not { } ticket) return null;
        var session = _grains.Session(ticket.SessionId);
        var reply = await session.Resume(_link.Caller, new Secret(ticket.Secret), after: 0);
        if (!reply.Recovered) return null;
        await _link.Continue(ticket.SessionId, reply.Sequence, [], () => Task.CompletedTask);

        // Why the client is not in the room any more it cannot know.
        if (reply.State == LoginState.Undefined) return [Outside(ChatReply.Required)];
        if (await session.ReturnToRoom(_link.Caller) is not { } entry) return [];
        if (entry.Refusal != Refusal.None) return [Outside(ChatReply.Banned)];

        var room = _rooms.TakeUp(entry.Room);
        var (heard, withId) = ChatMessages.SeenBy(offset) ?? new(entry.Join!.Sequence, WithId: false);
        if (await FindMissed(room, heard) is not { } missed)
        {
            _rooms.LetGo(room);
            await session.LeaveRoom();
            return [Outside(ChatReply.Required)];
        }
        await Sit(room, entry, missed.Heard, withId);
        return [.. missed.Messages.Select(message => ChatMessages.Event(message, withId))];

        ServerEvent Outside(RawJson why) => Error(why) with { Offset = $"{offset ?? "0.0"}.outside" };
    }

    /// <summary>The messages after one, and which is the newest; null when they are too many.</summary>
    private async Task<(List<RoomMessage> Messages, long Heard)?> FindMissed(LocalRoom room, long heard)
    {
        var messages = new List<RoomMessage>();
        RoomPage page;
        try
        {
            do
            {
                page = await room.Grain.Read(heard, MaxHistory);
                messages.AddRange(page.Messages);
                heard = page.Sequence;
            }
            while (page.HasMore && messages.Count < MaxMissed);
        }
        catch
        {
            _rooms.LetGo(room);
            throw;
        }
        return page.HasMore ? null : (messages, heard);
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
            enter = room => _link.Session.EnterRoom(_link.Caller, new Credentials(login, new Secret(password)), room);
        }
        if (payload.Text("room") is not { } typed || RoomName.Of(typed) is not { } roomName) await Send(Error(ChatReply.Incomplete));
        else if (enter is null) await Send(Error(payload.Text("token") is null ? ChatReply.Incomplete : ChatReply.Failed));
        else await Enter(name, roomName, enter, usesIds: user is null);
    }

    private async Task Enter(string name, string roomName, Func<string, Task<RoomEntry>> enter, bool usesIds)
    {
        // Before the session goes in: what the room tells from then on must not be lost.
        var room = _rooms.TakeUp(roomName);
        RoomEntry? entry = null;
        try
        {
            entry = await enter(roomName);
        }
        finally
        {
            if (entry is not { Refusal: Refusal.None }) _rooms.LetGo(room);
        }
        if (entry.Refusal != Refusal.None)
        {
            await Send(Error(entry.Refusal switch
            {
                Refusal.Room => ChatReply.Incomplete,
                Refusal.Banned => ChatReply.Banned,
                Refusal.Withheld => ChatReply.TooMany,
                _ => ChatReply.Failed,
            }));
            return;
        }
        var former = Rise();
        // Whoever goes into the room that they are in goes on where they were.
        var heard = former?.Room == room ? former.Heard : entry.Join!.Sequence;
        if (entry.Token is { } token) await Send(new ServerEvent("token_change", _tokens.Sign(token)));
        await Send(new ServerEvent(name, ChatReply.Complete, ChatMessages.OffsetAfter(heard, usesIds)));
        await Sit(room, entry, heard, usesIds);
    }

    private async Task Message(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object || !payload.TryGetProperty("content", out _))
        {
            await Send(Error(ChatReply.Invalid));
            return;
        }
        var seat = _seat!;
        var reply = await seat.Room.Post(seat.SessionId, ChatMessages.Compose(seat.Name, payload));
        switch (reply.Outcome)
        {
            case PostOutcome.Muted:
                await Send(new ServerEvent("mute", new { duration = (long)Math.Ceiling(reply.MutedFor.TotalSeconds) }));
                break;
            case PostOutcome.TooLong:
                await Send(Error(ChatReply.TooLong));
                break;
            case PostOutcome.Busy:
                await Send(Error(ChatReply.Busy));
                break;
            case PostOutcome.NotMember:
                await Send(Error(ChatReply.Required));
                break;
        }
    }

    private async Task Mute(JsonElement payload)
    {
        // A year is for ever enough, and no overflow.
        if (payload.Number("duration") is not { } seconds || seconds is < 0 or > 31_536_000) await Send(Error(ChatReply.Invalid));
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
            await Send(Error(ChatReply.Invalid));
            return;
        }
        var outcome = await _seat!.Room.Grain.Moderate(_seat.SessionId, new Moderation(kind, username, duration, reason, level));
        await Answer(outcome, new ServerEvent(name, new { message = "Success", reason, username }));
    }

    private async Task DeleteMessage(JsonElement payload)
    {
        if (payload.Number("id") is not { } id)
        {
            await Send(Error(ChatReply.Invalid));
            return;
        }
        var outcome = await _seat!.Room.Grain.DeleteMessage(_seat.SessionId, id);
        await Answer(outcome, new ServerEvent("deleteMessage", new { message = "Success", id }));
    }

    private async Task History(JsonElement payload)
    {
        var limit = Math.Clamp(payload.Number("limit") ?? 50, 1, MaxHistory);
        UsesExtensions = true;
        var page = payload.Number("after") is { } after
            ? await _seat!.Room.Grain.Read(after, (int)limit)
            : await _seat!.Room.Grain.ReadBack(payload.Number("before"), (int)limit);
        await Send(new ServerEvent("history", new
        {
            messages = page.Messages.Select(ChatMessages.WithIdAsJson),
            hasMore = page.HasMore,
        }));
    }

    private async Task Members()
    {
        UsesExtensions = true;
        await Send(MembersEvent(await _seat!.Room.Grain.GetMembers()));
    }

    private async Task Typing(JsonElement payload)
    {
        UsesExtensions = true;
        await _seat!.Room.Grain.Type(_seat.SessionId, isTyping: payload.ValueKind != JsonValueKind.False);
    }

    private async Task Leave()
    {
        UsesExtensions = true;
        await _link.Session.LeaveRoom();
        Rise();
        await Send(new ServerEvent("leave", new { message = "Success" }));
    }

    private async Task Answer(ModerationOutcome outcome, ServerEvent success) => await Send(outcome switch
    {
        ModerationOutcome.Done => success,
        ModerationOutcome.NotAllowed => Error(ChatReply.NotAllowed),
        ModerationOutcome.NotFound => Error(ChatReply.NotFound),
        _ => Error(ChatReply.Required),
    });

    /// <summary>A moderator put the client out: it is told, and disconnected.</summary>
    /// <remarks>Called by the seat, which must not wait.</remarks>
    internal void PutOut(ChatSeat seat, string name, string reason)
    {
        if (Interlocked.CompareExchange(ref _seat, null, seat) != seat) return;
        _rooms.LetGo(seat.Room);
        _connection.Deliver(new SharedEvents(new ServerEvent(name, new { message = "Disconnected", reason })));
        _ = _connection.Close();
    }

    /// <summary>From now on the connection hears what is said in the room.</summary>
    private async Task Sit(LocalRoom room, RoomEntry entry, long heard, bool usesIds)
    {
        var seat = new ChatSeat(this, _connection, room, entry.Member!, heard, usesIds);
        _seat = seat;
        try
        {
            await room.Enter(entry with { Join = entry.Join! with { Sequence = heard } }, seat);
        }
        catch
        {
            // Better outside than deaf.
            Rise();
            throw;
        }
        // The end may have come meanwhile, and found no seat.
        if (_isClosed) Rise();
    }

    /// <summary>The connection hears nothing of the room any more.</summary>
    private ChatSeat? Rise()
    {
        if (Interlocked.Exchange(ref _seat, null) is not { } seat) return null;
        seat.Room.Leave(seat.SessionId, seat);
        _rooms.LetGo(seat.Room);
        return seat;
    }

    /// <summary>The login ended elsewhere, and with it the place in the room.</summary>
    private async Task SessionChanged(IReadOnlyList<SessionEvent> events)
    {
        if (events[^1].State != LoginState.Undefined || _seat is null) return;
        Rise();
        await Send(Error(ChatReply.Required));
    }

    private Task Send(ServerEvent single) => _connection.Send([single]);

    private static ServerEvent Error(RawJson reply) => new("cerror", reply);

    /// <summary>Who is in the room.</summary>
    internal static ServerEvent MembersEvent(RoomMembers members) => new("members", new
    {
        members = members.Listed.Select(member => new { username = member.Name, level = (int)member.Level }),
        total = members.Total,
    });

    [LoggerMessage(LogLevel.Warning, "chat: {Event} failed")]
    private partial void LogFailed(Exception failure, string @event);
}
