using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>
/// A session as what somebody logs in and out with. A caller who stops waiting for a password to be hashed is not logged in.
/// </summary>
[Alias("Gatehouse.ISessionLogin")]
public interface ISessionLogin : IGrainWithStringKey
{
    /// <summary>Logs in by name and password. Allowed when undefined.</summary>
    /// <returns>
    /// <see cref="SessionEventKind.LoggedIn"/>, or refused: NotAllowed, Username (unknown), Password (wrong), Withheld
    /// (locked after too many failures).
    /// </returns>
    [Alias("LogInWithCredentials")]
    Task<SessionReply> LogInWithCredentials(Caller caller, Credentials credentials, CancellationToken cancellation = default);

    /// <summary>Logs in by a token whose signature the gateway has verified. Allowed when undefined. The token is rotated.</summary>
    /// <returns><see cref="SessionEventKind.LoggedIn"/>, or refused: NotAllowed, Token.</returns>
    [Alias("LogInWithToken")]
    Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId);

    /// <summary>Makes a new guest and logs in as it. Allowed when undefined.</summary>
    /// <returns><see cref="SessionEventKind.BecameGuest"/>, or refused: NotAllowed.</returns>
    [Alias("LogInAsGuest"), AtMostOnce]
    Task<SessionReply> LogInAsGuest(Caller caller);

    /// <summary>Makes a new user and logs in as it. Allowed when undefined.</summary>
    /// <returns>
    /// <see cref="SessionEventKind.Registered"/>, or refused: NotAllowed, Username, Email, Password, PasswordTooSimple (not
    /// acceptable), UsernameTaken, EmailTaken, Withheld (too busy).
    /// </returns>
    [Alias("Register"), AtMostOnce]
    Task<SessionReply> Register(Caller caller, Registration registration, CancellationToken cancellation = default);

    /// <summary>Makes the session's guest a registered user, with the same id and tokens. Allowed as guest.</summary>
    /// <returns><see cref="SessionEventKind.Upgraded"/>, or refused as by <see cref="Register"/>.</returns>
    [Alias("Upgrade")]
    Task<SessionReply> Upgrade(Caller caller, Registration registration, CancellationToken cancellation = default);

    /// <summary>
    /// Logs out and revokes the login: its tokens, and every other session that came from them. Allowed as guest or user.
    /// </summary>
    /// <returns><see cref="SessionEventKind.LoggedOut"/>, or refused: NotAllowed.</returns>
    [Alias("LogOut")]
    Task<SessionReply> LogOut(Caller caller);

    /// <summary>The login state now.</summary>
    [Alias("GetState")]
    Task<LoginState> GetState();
}
