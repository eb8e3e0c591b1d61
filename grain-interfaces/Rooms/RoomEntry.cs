using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>The outcome of a session's way into a room, see <see cref="Sessions.ISessionRoom.EnterRoom"/>.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/> exactly when the others are there.</param>
/// <param name="Room">The room's name, as it is spelled.</param>
/// <param name="Member">The session as the room knows it.</param>
/// <param name="Join">Where the room stands.</param>
/// <param name="Token">The token to hold from now on, when the session came in by one.</param>
/// <param name="Id">Names this entry among all of the session, also when it returns to the room by it.</param>
/// <param name="Since">The number of the room's newest message at the entry.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomEntry")]
public sealed record RoomEntry(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] string Room,
    [property: Id(2)] RoomMember? Member,
    [property: Id(3)] RoomJoin? Join,
    [property: Id(4)] IssuedToken? Token = null,
    [property: Id(5)] string Id = "",
    [property: Id(6)] long Since = 0)
{
    /// <summary>An entry that is refused.</summary>
    public static RoomEntry Refused(Refusal reason) => new(reason, "", null, null);
}

/// <summary>The outcome of <see cref="IRoomMembership.Join"/>.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/>, or Banned or Closed.</param>
/// <param name="Activation">Which life of the room this is; another one does not know who was in it.</param>
/// <param name="Sequence">The newest message's number: what comes later is news to the member.</param>
/// <param name="Level">The member's say.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomJoin")]
public sealed record RoomJoin(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] string Activation,
    [property: Id(2)] long Sequence,
    [property: Id(3)] RoomLevel Level);
