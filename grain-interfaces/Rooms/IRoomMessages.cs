namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as one order of messages.</summary>
[Alias("Gatehouse.IRoomMessages")]
public interface IRoomMessages : IGrainWithStringKey
{
    /// <summary>Takes a message.</summary>
    /// <param name="sessionId">Who sends it.</param>
    /// <param name="body">A JSON object, as members get it.</param>
    [Alias("Post"), AtMostOnce]
    Task<PostReply> Post(string sessionId, string body);

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
