using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>A connection's place in a room: hands on what is said there.</summary>
/// <param name="protocol">What speaks on the connection.</param>
/// <param name="connection">The connection.</param>
/// <param name="room">The room.</param>
/// <param name="member">The connection's session, as the room knows it.</param>
/// <param name="heard">The number of the message after which it hears all.</param>
/// <param name="usesIds">Whether the client's dialect has messages with ids.</param>
public sealed class ChatSeat(
    ChatProtocol protocol, IConnection connection, LocalRoom room, RoomMember member, long heard, bool usesIds) : IRoomListener
{
    /// <summary>Names the one form that a notice has for all.</summary>
    private static readonly object Notice = new();

    public LocalRoom Room => room;

    public string SessionId => member.SessionId;

    public string Name => member.Name;

    /// <summary>The number of the last message that the client was sent; of the newest at its entry before there is one.</summary>
    public long Heard { get; private set; } = heard;

    public void Receive(RoomNews news)
    {
        connection.Deliver(ChatMessages.Events(news, usesIds || protocol.UsesExtensions));
        Heard = news.Messages[^1].Sequence;
    }

    public void Receive(RoomNoticeNews news)
    {
        var notice = news.Notice;
        switch (notice.Kind)
        {
            case RoomNoticeKind.Kicked or RoomNoticeKind.Banned when notice.SessionId == SessionId:
                protocol.PutOut(this, notice.Kind == RoomNoticeKind.Kicked ? "kick" : "ban", notice.Text);
                break;
            case RoomNoticeKind.Typing or RoomNoticeKind.StoppedTyping when protocol.UsesExtensions && notice.SessionId != SessionId:
                connection.Deliver(news.In(Notice, static (_, typing) => new SharedEvents(new ServerEvent(
                    "typing", new { username = typing.Text, typing = typing.Kind == RoomNoticeKind.Typing }))));
                break;
            case RoomNoticeKind.MessageDeleted when protocol.UsesExtensions || usesIds:
                connection.Deliver(news.In(Notice, static (_, deleted) => new SharedEvents(new ServerEvent(
                    "deleteMessage", new { id = deleted.Sequence }))));
                break;
            case RoomNoticeKind.MembersChanged when protocol.UsesExtensions:
                // The first one asks, for all.
                _ = Tell(news.In(room, static (room, _) => room.Grain.GetMembers()));
                break;
        }
    }

    public void Lost() => protocol.PutOut(this, "kick", "");

    private async Task Tell(Task<RoomMembers> asked)
    {
        try
        {
            var members = await asked;
            connection.Deliver(new SharedEvents(ChatProtocol.MembersEvent(members)));
        }
        catch (Exception)
        {
            // The client has the list of before, and gets the next one.
        }
    }
}
