using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as one order of messages.</summary>
[Alias("Gatehouse.IRoomMessages")]
public interface IRoomMessages : IGrainWithStringKey
{
    /// <summary>Takes what members of one gateway say, in this order; none waits for another one's fate.</summary>
    /// <param name="gatewayId">
    /// The gateway. The reply tells it of everything that is new, so nothing is pushed to it meanwhile. It has one call under way at a time.
    /// </param>
    /// <param name="postings">The messages.</param>
    [Alias("PostAll"), AtMostOnce]
    Task<PostReplies> Post(string gatewayId, ImmutableArray<Posting> postings);

    /// <summary>Tells the other members that this one is typing, or has stopped. Not kept.</summary>
    [Alias("Type"), AtMostOnce]
    Task Type(string sessionId, bool isTyping);

    /// <summary>Messages after one, oldest first, at most 1 MiB: for whoever missed some.</summary>
    /// <param name="after">A number; 0 for all.</param>
    /// <param name="limit">1 to 1,000.</param>
    [Alias("Read")]
    Task<RoomPage> Read(long after, int limit);

    /// <summary>Whether all messages after one can be read, and are not too many.</summary>
    /// <param name="after">A number that the room has given.</param>
    /// <param name="maxMessages">At most so many.</param>
    /// <param name="maxBytes">Of at most so many bytes.</param>
    /// <returns>The newest message's number; null when they cannot, or are more.</returns>
    [Alias("FindEndOfReplay")]
    Task<long?> FindEndOfReplay(long after, int maxMessages, long maxBytes);

    /// <summary>Messages before one, newest first, at most 1 MiB. An ephemeral room has none.</summary>
    /// <param name="before">A number; null for the newest.</param>
    /// <param name="limit">1 to 1,000.</param>
    [Alias("ReadBack")]
    Task<RoomPage> ReadBack(long? before, int limit);

    /// <summary>Empties a message; members are told.</summary>
    /// <param name="sessionId">Who wants it: its author, or a moderator.</param>
    /// <param name="sequence">The message's number.</param>
    /// <returns>NotFound when there is no such message.</returns>
    [Alias("DeleteMessage")]
    Task<ModerationOutcome> DeleteMessage(string sessionId, long sequence);
}
