using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// One chat room: who is in it, what they may do, and the one order of its messages. Gateways get each message once and hand it
/// to their own members. Key: see <see cref="GrainKeys.Room"/>. Described in docs/PROTOCOLS.md, "chat".
/// </summary>
/// <remarks>
/// A message has its number and is in table <c>room_messages</c> before anybody hears of it, unless the room is ephemeral. Who
/// is in the room is in memory only: gateways tell it anew, see <see cref="Renew"/>. Calls <see cref="Gateways.IGatewayGrain"/>.
/// Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.IRoomGrain")]
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>Lets a session in, or notes that it is on another gateway now.</summary>
    /// <returns>Where the room stands; refused: Banned.</returns>
    [Alias("Join")]
    Task<RoomJoin> Join(RoomMember member);

    /// <summary>Lets a session out. Repeating it does nothing.</summary>
    [Alias("Leave")]
    Task Leave(string sessionId);

    /// <summary>Takes a message.</summary>
    /// <param name="sessionId">Who sends it.</param>
    /// <param name="body">A JSON object, as members get it.</param>
    [Alias("Post")]
    Task<PostReply> Post(string sessionId, string body);

    /// <summary>Tells the other members that this one is typing, or has stopped. Not kept.</summary>
    [Alias("Type")]
    Task Type(string sessionId, bool isTyping);

    /// <summary>Does something to a user, present or not.</summary>
    /// <param name="sessionId">Who wants it done: a moderator, or an administrator for <see cref="ModerationKind.Appoint"/>.</param>
    /// <param name="moderation">What.</param>
    [Alias("Moderate")]
    Task<ModerationOutcome> Moderate(string sessionId, Moderation moderation);

    /// <summary>Empties a message; members are told.</summary>
    /// <param name="sessionId">Who wants it: its author, or a moderator.</param>
    /// <param name="sequence">The message's number.</param>
    /// <returns>NotFound when there is no such message.</returns>
    [Alias("DeleteMessage")]
    Task<ModerationOutcome> DeleteMessage(string sessionId, long sequence);

    /// <summary>Messages after one, oldest first: for whoever missed some.</summary>
    /// <param name="after">A number; 0 for all.</param>
    /// <param name="limit">1 to 1,000.</param>
    [Alias("Read")]
    Task<RoomPage> Read(long after, int limit);

    /// <summary>Messages before one, newest first. An ephemeral room has none.</summary>
    /// <param name="before">A number; null for the newest.</param>
    /// <param name="limit">1 to 1,000.</param>
    [Alias("ReadBack")]
    Task<RoomPage> ReadBack(long? before, int limit);

    /// <summary>Who is here, each user once, those with the most say first: at most 1,000.</summary>
    [Alias("GetMembers")]
    Task<RoomMembers> GetMembers();

    /// <summary>
    /// A gateway that has members here says so, at half of its lease; one that falls silent for the time of its lease has none
    /// any more.
    /// </summary>
    /// <returns>What the gateway has to look after.</returns>
    [Alias("Renew")]
    Task<RoomRenewal> Renew(RoomPresence presence);

    /// <summary>All members that a gateway has here, after <see cref="Renew"/> said that they are not known.</summary>
    /// <param name="presence">As for <see cref="Renew"/>.</param>
    /// <param name="members">All of them.</param>
    /// <returns>Those who are not members any more: removed, or banned meanwhile.</returns>
    [Alias("Restore")]
    Task<ImmutableArray<string>> Restore(RoomPresence presence, ImmutableArray<RoomMember> members);
}
