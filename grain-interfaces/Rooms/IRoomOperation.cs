using Gatehouse.GrainInterfaces.Operators;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// A room as what operators look after; they need not be in it. Everything is in the audit log before it is acknowledged; what is changed in
/// table <c>room_messages</c> is one transaction with its entry.
/// </summary>
[Alias("Gatehouse.IRoomOperation")]
public interface IRoomOperation : IGrainWithStringKey
{
    /// <summary>How the room is. One that nobody has used is open and empty.</summary>
    [Alias("Inspect")]
    Task<RoomSummary> Inspect();

    /// <summary>Empties a message, whoever sent it; members are told.</summary>
    [Alias("RemoveMessage")]
    Task<OperatorOutcome> RemoveMessage(Operator by, long sequence);

    /// <summary>Removes all messages, and sends the members away, who can come back. Who is banned or moderator stays so.</summary>
    [Alias("Delete")]
    Task<OperatorOutcome> Delete(Operator by);

    /// <summary>Takes no messages of a user for a while; zero ends it.</summary>
    /// <returns>NotFound when nobody has the name.</returns>
    [Alias("Mute")]
    Task<OperatorOutcome> Mute(Operator by, string name, TimeSpan duration);

    /// <summary>Sends the members away and lets nobody in until it is opened.</summary>
    /// <param name="by">Who wants it.</param>
    /// <param name="reason">What the members are told; at most 500 characters.</param>
    [Alias("Close")]
    Task<OperatorOutcome> Close(Operator by, string reason);

    /// <summary>Lets people in again.</summary>
    [Alias("Open")]
    Task<OperatorOutcome> Open(Operator by);
}
