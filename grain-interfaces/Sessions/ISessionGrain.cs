namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>
/// One client's session: its login state, the connections that it is used through, the room that it is in, and the outbox of
/// numbered events that have not been acknowledged. One grain in four roles. Key: see <see cref="GrainKeys.Session"/>. Described
/// in docs/PROTOCOLS.md, "session".
/// </summary>
/// <remarks>
/// A logged-in session is stored before a command is acknowledged; one that is not logged in lives in memory only. Calls
/// <see cref="Users.IUserGrain"/>, <see cref="Rooms.IRoomGrain"/> and <see cref="Logins.IAddressGuardGrain"/>. Storage failures are
/// thrown.
/// </remarks>
[Alias("Gatehouse.ISessionGrain")]
public interface ISessionGrain : ISessionLogin, ISessionConnections, ISessionCookie, ISessionRoom;
