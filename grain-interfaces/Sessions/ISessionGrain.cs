using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>
/// One client's session: its login state, the connections that it is used through, and the outbox of numbered events that
/// have not been acknowledged. Key: see <see cref="GrainKeys.Session"/>. Described in docs/PROTOCOLS.md, "session".
/// </summary>
/// <remarks>
/// A logged-in session is stored before a command is acknowledged; one that is not logged in lives in memory only. Calls
/// <see cref="IUserGrain"/>, <see cref="IRoomGrain"/> and, to wake gateways, <see cref="Gateways.IGatewayGrain"/>. Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Logs in by name and password. Allowed when undefined.</summary>
    /// <returns>
    /// <see cref="SessionEventKind.LoggedIn"/>, or refused: NotAllowed, Username (unknown), Password (wrong), Withheld
    /// (locked after too many failures).
    /// </returns>
    [Alias("LogInWithCredentials")]
    Task<SessionReply> LogInWithCredentials(Caller caller, Credentials credentials);

    /// <summary>Logs in by a token whose signature the gateway has verified. Allowed when undefined. The token is rotated.</summary>
    /// <returns><see cref="SessionEventKind.LoggedIn"/>, or refused: NotAllowed, Token.</returns>
    [Alias("LogInWithToken")]
    Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId);

    /// <summary>Makes a new guest and logs in as it. Allowed when undefined.</summary>
    /// <returns><see cref="SessionEventKind.BecameGuest"/>, or refused: NotAllowed.</returns>
    [Alias("LogInAsGuest")]
    Task<SessionReply> LogInAsGuest(Caller caller);

    /// <summary>Makes a new user and logs in as it. Allowed when undefined.</summary>
    /// <returns>
    /// <see cref="SessionEventKind.Registered"/>, or refused: NotAllowed, Username, Email, Password, PasswordTooSimple (not
    /// acceptable), UsernameTaken, EmailTaken, Withheld (too busy).
    /// </returns>
    [Alias("Register")]
    Task<SessionReply> Register(Caller caller, Registration registration);

    /// <summary>Makes the session's guest a registered user, with the same id and tokens. Allowed as guest.</summary>
    /// <returns><see cref="SessionEventKind.Upgraded"/>, or refused as by <see cref="Register"/>.</returns>
    [Alias("Upgrade")]
    Task<SessionReply> Upgrade(Caller caller, Registration registration);

    /// <summary>
    /// Logs out and revokes the login: its tokens, and every other session that came from them. Allowed as guest or user.
    /// </summary>
    /// <returns><see cref="SessionEventKind.LoggedOut"/>, or refused: NotAllowed.</returns>
    [Alias("LogOut")]
    Task<SessionReply> LogOut(Caller caller);

    /// <summary>The login state now.</summary>
    [Alias("GetState")]
    Task<LoginState> GetState();

    /// <summary>
    /// From now on the session outlives its last connection by the resume window (default 2 minutes), for whoever shows the
    /// secret that this returns. A new call makes a new secret.
    /// </summary>
    [Alias("MakeResumable")]
    Task<ResumeReply> MakeResumable(Caller caller);

    /// <summary>Whether <see cref="Resume"/> would succeed now.</summary>
    /// <returns>Null when it would not.</returns>
    [Alias("FindResumable")]
    Task<Resumable?> FindResumable(Secret secret, long after);

    /// <summary>Goes on with this session on another connection, which takes the place of the earlier ones.</summary>
    /// <param name="caller">The new connection.</param>
    /// <param name="secret">What <see cref="MakeResumable"/> or the last resume returned.</param>
    /// <param name="after">The newest sequence number that the client has seen; 0 or more.</param>
    /// <returns>Recovered with the missed events, or <see cref="ResumeReply.Gone"/>.</returns>
    [Alias("Resume")]
    Task<ResumeReply> Resume(Caller caller, Secret secret, long after);

    /// <summary>
    /// Logs in before there is any connection, for a client that comes back with the secret that this returns, over as many
    /// connections as it likes. The session ends when nobody has come for the idle time (default 1 day), and in any case after
    /// its lifetime (default 7 days).
    /// </summary>
    /// <param name="protocol">The protocol that it speaks.</param>
    /// <param name="address">The client's network address, see <see cref="Caller.Address"/>.</param>
    /// <param name="credentials">Name and password.</param>
    /// <returns>Refused as by <see cref="LogInWithCredentials"/>.</returns>
    [Alias("Open")]
    Task<OpenReply> Open(string protocol, string address, Credentials credentials);

    /// <summary>A client without a connection shows the secret, which counts as a sign of life.</summary>
    /// <returns>The user that the session is logged in as; null when it is not, or the secret is wrong.</returns>
    [Alias("Show")]
    Task<Guid?> Show(Secret secret);

    /// <summary>Uses the session through one more connection, besides those that it has.</summary>
    /// <returns>Null when the session is not logged in, or the secret is wrong.</returns>
    [Alias("Join")]
    Task<JoinReply?> Join(Caller caller, Secret secret);

    /// <summary>
    /// Goes into a room, in the name of whom the credentials say: logs in as them if the session is not, and leaves the room that
    /// it was in. When rooms are open to guests, a name that nobody has needs no password.
    /// </summary>
    /// <returns>
    /// Refused as by <see cref="LogInWithCredentials"/>, or: Room (no acceptable name), Banned. The session is then where it was.
    /// </returns>
    [Alias("EnterRoom")]
    Task<RoomEntry> EnterRoom(Caller caller, Credentials credentials, string room);

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

    /// <summary>
    /// What a gateway does when it was woken: makes the session look whether its login still holds, and whether its guest was
    /// upgraded through another session, and returns the events after <paramref name="after"/>.
    /// </summary>
    [Alias("Refresh")]
    Task<ImmutableArray<SessionEvent>> Refresh(long after);

    /// <summary>Housekeeping found that the session's time is over: it ends, unless its client has come back meanwhile.</summary>
    [Alias("Expire")]
    Task Expire();

    /// <summary>The client has seen every event up to <paramref name="sequence"/>; they leave the outbox.</summary>
    [Alias("Acknowledge")]
    Task Acknowledge(long sequence);

    /// <summary>
    /// The client has said goodbye: nobody can resume the session any more, and it ends with its last connection. Does nothing when
    /// the secret is wrong.
    /// </summary>
    [Alias("Abandon")]
    Task Abandon(Secret secret);

    /// <summary>
    /// The connection is gone. After the last one a resumable session waits for the resume window, any other ends at once.
    /// Repeating it, or naming an unknown connection, does nothing.
    /// </summary>
    [Alias("Detach")]
    Task Detach(string connectionId);
}
