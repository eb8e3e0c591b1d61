using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as gateways keep it informed: which of its members they have.</summary>
[Alias("Gatehouse.IRoomPresence")]
public interface IRoomPresence : IGrainWithStringKey
{
    /// <summary>
    /// A gateway that has members here says so, at half of its lease; one that falls silent for the time of its lease has none
    /// any more.
    /// </summary>
    /// <returns>What the gateway has to look after.</returns>
    [Alias("Renew")]
    Task<RoomHeartbeatReply> Heartbeat(RoomHeartbeat heartbeat);

    /// <summary>All members that a gateway has here, after <see cref="Heartbeat"/> said that they are not known.</summary>
    /// <param name="heartbeat">As for <see cref="Heartbeat"/>.</param>
    /// <param name="members">All of them.</param>
    /// <returns>Those who are not members any more: removed, or banned meanwhile.</returns>
    [Alias("Restore")]
    Task<ImmutableArray<string>> Restore(RoomHeartbeat heartbeat, ImmutableArray<RoomMember> members);
}
