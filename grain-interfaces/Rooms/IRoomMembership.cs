namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as what sessions are in.</summary>
[Alias("Gatehouse.IRoomMembership")]
public interface IRoomMembership : IGrainWithStringKey
{
    /// <summary>Lets a session in, or notes that it is on another gateway now.</summary>
    /// <returns>Where the room stands; refused: Banned, Closed.</returns>
    [Alias("Join")]
    Task<RoomJoin> Join(RoomMember member);

    /// <summary>Lets a session out. Repeating it does nothing.</summary>
    [Alias("Leave")]
    Task Leave(string sessionId);

    /// <summary>Who is here, each user once, those with the most say first: at most 1,000.</summary>
    [Alias("GetMembers")]
    Task<RoomMembers> GetMembers();
}
