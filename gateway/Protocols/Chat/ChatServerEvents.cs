using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>What chat tells its clients, see docs/PROTOCOLS.md, "chat"; messages are in <see cref="ChatMessages"/>.</summary>
public static class ChatServerEvents
{
    /// <summary><c>cerror</c>: something was refused, or has failed.</summary>
    public static ServerEvent Error(RawJson reply) => new("cerror", reply);

    /// <summary><c>token_change</c> (extension): a JWT that logs in as the name that was used.</summary>
    public static ServerEvent TokenChange(string jwt) => new("token_change", jwt);

    /// <summary><c>Auth</c> or <c>auth</c>, as the client spelled it: it is in the room.</summary>
    /// <param name="name">The client's event.</param>
    /// <param name="level">The client's say, for the later dialect; null for the first.</param>
    /// <param name="offset">Where it is from now on.</param>
    public static ServerEvent Authenticated(string name, RoomLevel? level, ChatOffset offset) =>
        new(name, ChatReply.Complete(level), offset.ToString());

    /// <summary><c>mute</c>: the client's message was not taken, because it is muted.</summary>
    /// <param name="left">For how long it still is; sent in whole seconds.</param>
    public static ServerEvent Muted(TimeSpan left) => new("mute", new { duration = (long)Math.Ceiling(left.TotalSeconds) });

    /// <summary>A moderator's event has succeeded.</summary>
    /// <param name="name">The moderator's event.</param>
    /// <param name="username">To whom it was done.</param>
    /// <param name="reason">Why, in the moderator's words.</param>
    public static ServerEvent Moderated(string name, string username, string reason) =>
        new(name, new { message = "Success", reason, username });

    /// <summary><c>deleteMessage</c>: the client's deletion has succeeded.</summary>
    /// <param name="id">The message's number.</param>
    public static ServerEvent DeletionDone(long id) => new("deleteMessage", new { message = "Success", id });

    /// <summary><c>deleteMessage</c>: a moderator has deleted a message.</summary>
    /// <param name="id">The message's number.</param>
    public static ServerEvent MessageDeleted(long id) => new("deleteMessage", new { id });

    /// <summary><c>kick</c> or <c>ban</c>: a moderator has evicted the client, which is disconnected next.</summary>
    /// <param name="name">Which of the two.</param>
    /// <param name="reason">Why, in the moderator's words; empty when that is not known.</param>
    public static ServerEvent Evicted(string name, string reason) => new(name, new { message = "Disconnected", reason });

    /// <summary><c>history</c> (extension): messages of the past, with number and time.</summary>
    public static ServerEvent History(RoomPage page) => new("history", new
    {
        messages = page.Messages.Select(ChatMessages.WithIdAsJson),
        hasMore = page.HasMore,
    });

    /// <summary><c>members</c> (extension): who is in the room.</summary>
    public static ServerEvent Members(RoomMembers members) => new("members", new
    {
        members = members.Listed.Select(member => new { username = member.Name, level = (int)member.Level }),
        total = members.Total,
    });

    /// <summary><c>typing</c> (extension): somebody has begun or ended to write.</summary>
    public static ServerEvent Typing(string username, bool isTyping) => new("typing", new { username, typing = isTyping });

    /// <summary><c>leave</c> (extension): the client is in no room any more, as it wanted.</summary>
    public static ServerEvent Left { get; } = new("leave", new { message = "Success" });
}
