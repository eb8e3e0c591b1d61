using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>
/// One account: its profile, password, failed-login lock, and the sessions and tokens that are logged in as it. The truth is
/// table <c>users</c> (unique name, unique e-mail) and <c>user_sessions</c>. Key: see <see cref="GrainKeys.User"/>.
/// </summary>
/// <remarks>
/// Calls <see cref="Tokens.ITokenGrain"/> and, to wake gateways, <see cref="Gateways.IGatewayGrain"/>. Every call can be
/// repeated safely. Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Makes this a new regular user, with a first token and session, in one transaction.</summary>
    /// <returns>A sign-in, or refused: Username, Email, Password (not acceptable, or taken), Withheld (too busy).</returns>
    [Alias("Register")]
    Task<SignInReply> Register(Registration registration, SessionLocation session);

    /// <summary>Makes this a new guest with a generated name, a first token and session, in one transaction.</summary>
    [Alias("RegisterGuest")]
    Task<SignIn> RegisterGuest(SessionLocation session);

    /// <summary>Makes this guest a regular user. Its id, tokens and sessions stay.</summary>
    /// <returns><see cref="Refusal.None"/>, or refused as by <see cref="Register"/>; NotAllowed when no guest.</returns>
    [Alias("Upgrade")]
    Task<Refusal> Upgrade(Registration registration);

    /// <summary>
    /// Checks a password, and counts a failure: too many within the window lock the account (defaults: 10 in 15 minutes).
    /// The work is the same whether right, wrong or locked.
    /// </summary>
    [Alias("CheckPassword"), AlwaysInterleave]
    Task<PasswordCheck> CheckPassword(Secret password);

    /// <summary>Logs a session in with a new token of a new family. The caller has checked the password.</summary>
    [Alias("SignIn")]
    Task<SignInReply> SignIn(SessionLocation session);

    /// <summary>
    /// Logs a session in with a token, and rotates it. A token given up within the overlap (default 60 s) counts as its
    /// successor; one given up longer ago is taken for stolen, and its whole family is revoked.
    /// </summary>
    /// <returns>A sign-in with the token's successor, or refused: Token.</returns>
    [Alias("Redeem")]
    Task<SignInReply> Redeem(string tokenId, SessionLocation session);

    /// <summary>
    /// Revokes a token of this user and its family, and ends the sessions that came from them: they are gone from here when
    /// this returns, and their gateways have been told.
    /// </summary>
    /// <returns>False when the token is unknown or another user's.</returns>
    [Alias("Revoke")]
    Task<bool> Revoke(string tokenId);

    /// <summary>Notes where the session is now, and says whether it is still logged in as this user.</summary>
    [Alias("Place")]
    Task<bool> Place(SessionLocation session);

    /// <summary>Lets the session go if its time is over; false when its client has come back meanwhile.</summary>
    [Alias("Expire")]
    Task<bool> Expire(string sessionId);

    /// <summary>The session ended by itself. Its token stays good.</summary>
    [Alias("Forget")]
    Task Forget(string sessionId);
}
