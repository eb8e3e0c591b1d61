using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>A connection in a room: hands on what is said there, until it is disposed of.</summary>
/// <param name="connection">The connection.</param>
/// <param name="lease">The room, which it keeps.</param>
/// <param name="member">The connection's session, as the room knows it.</param>
/// <param name="seen">The number of the message after which it gets all.</param>
/// <param name="usesIds">Whether the client authenticated in the dialect whose messages have ids.</param>
/// <param name="dialect">What else the client knows of.</param>
/// <param name="evict">Called when the member is not one any more, with what to tell the client; must not wait.</param>
public sealed class ChatMembership(
    IConnection connection,
    RoomLease lease,
    RoomMember member,
    long seen,
    bool usesIds,
    ChatDialect dialect,
    Action<ChatMembership, ServerEvent> evict) : IRoomListener, IDisposable
{
    /// <summary>Names the one form that a notice has for all.</summary>
    private static readonly object Notice = new();

    public LocalRoom Room => lease.Room;

    public string SessionId => member.SessionId;

    /// <summary>The member's name, as it stands in its messages.</summary>
    public JsonEncodedText Name { get; } = ChatMessages.NameOf(member.Name);

    /// <summary>The number of the last message that the client was sent; of the newest at its entry before there is one.</summary>
    public long Seen { get; private set; } = seen;

    /// <summary>Enters the room: the client gets what comes after the message that it has seen last; see <see cref="LocalRoom.Enter"/>.</summary>
    public Task<bool> Enter(RoomEntry entry) => Room.Enter(entry, Seen, this);

    public Task<bool> Taken() => connection.Taken();

    /// <summary>Leaves the room, if it is still in it.</summary>
    public void Dispose()
    {
        Room.Leave(SessionId, this);
        lease.Dispose();
    }

    public void Receive(RoomNews news)
    {
        connection.Deliver(ChatMessages.Events(news, usesIds || dialect.HasExtensions));
        Seen = news.Messages[^1].Sequence;
    }

    public void Receive(RoomNoticeNews news)
    {
        var notice = news.Notice;
        switch (notice.Kind)
        {
            case RoomNoticeKind.Kicked or RoomNoticeKind.Banned when notice.SessionId == SessionId:
                evict(this, ChatServerEvents.Evicted(notice.Kind == RoomNoticeKind.Kicked ? "kick" : "ban", notice.Text));
                break;
            case RoomNoticeKind.Typing or RoomNoticeKind.StoppedTyping when dialect.HasExtensions && notice.SessionId != SessionId:
                connection.Deliver(news.For(Notice, static (_, typing) => new SharedEvents(
                    ChatServerEvents.Typing(typing.Text, typing.Kind == RoomNoticeKind.Typing))));
                break;
            case RoomNoticeKind.MessageDeleted when dialect.HasExtensions || usesIds:
                connection.Deliver(news.For(Notice, static (_, deleted) => new SharedEvents(
                    ChatServerEvents.MessageDeleted(deleted.Sequence))));
                break;
            case RoomNoticeKind.MembersChanged when dialect.HasExtensions:
                // The first one asks, for all.
                _ = Tell(news.For(Room, static (room, _) => room.Grain.GetMembers()));
                break;
        }
    }

    public void Evicted() => evict(this, ChatServerEvents.Evicted("kick", ""));

    private async Task Tell(Task<RoomMembers> asked)
    {
        try
        {
            connection.Deliver(new SharedEvents(ChatServerEvents.Members(await asked)));
        }
        catch (Exception)
        {
            // The client has the list of before, and gets the next one.
        }
    }
}
