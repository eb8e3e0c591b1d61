using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>The outcome of a session's way into a room, see <see cref="Sessions.ISessionGrain.EnterRoom"/>.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/> exactly when the others are there.</param>
/// <param name="Room">The room's name, as it is spelled.</param>
/// <param name="Member">The session as the room knows it.</param>
/// <param name="Join">Where the room stands.</param>
/// <param name="Token">The token to hold from now on, when the session came in by one.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomEntry")]
public sealed record RoomEntry(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] string Room,
    [property: Id(2)] RoomMember? Member,
    [property: Id(3)] RoomJoin? Join,
    [property: Id(4)] IssuedToken? Token = null)
{
    /// <summary>An entry that is refused.</summary>
    public static RoomEntry Refused(Refusal reason) => new(reason, "", null, null);
}
