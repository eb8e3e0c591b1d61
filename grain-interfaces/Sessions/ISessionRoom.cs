using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>A session as what is in a room, in one at a time. What is said there goes past it, straight to the room.</summary>
[Alias("Gatehouse.ISessionRoom")]
public interface ISessionRoom : IGrainWithStringKey
{
    /// <summary>
    /// Goes into a room, in the name of whom the credentials say: logs in as them if the session is not, and leaves the room that
    /// it was in. When rooms are open to guests, a name that nobody has needs no password. A caller who stops waiting for the password to be
    /// hashed goes nowhere.
    /// </summary>
    /// <returns>
    /// Refused as by <see cref="ISessionLogin.LogInWithCredentials"/>, or: Room (no acceptable name), Banned. The session is then
    /// where it was.
    /// </returns>
    [Alias("EnterRoom")]
    Task<RoomEntry> EnterRoom(Caller caller, Credentials credentials, string room, CancellationToken cancellation = default);

    /// <summary>Goes into a room by a token whose signature the gateway has verified. The token is rotated.</summary>
    /// <returns>With the token's successor; refused: Token, Room, Banned.</returns>
    [Alias("EnterRoomByToken")]
    Task<RoomEntry> EnterRoomByToken(Caller caller, Guid userId, string tokenId, string room);

    /// <summary>A session that was resumed goes on in the room that it was in.</summary>
    /// <returns>Null when it was in none.</returns>
    [Alias("ReturnToRoom")]
    Task<RoomEntry?> ReturnToRoom(Caller caller);

    /// <summary>Leaves the room. Repeating it does nothing.</summary>
    [Alias("LeaveRoom")]
    Task LeaveRoom();
}
