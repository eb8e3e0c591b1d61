using System.Collections.Immutable;
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
    /// <returns>A sign-in, or refused: Username, Email, Password, PasswordTooSimple (not acceptable), UsernameTaken, EmailTaken,
    /// Withheld (too busy).</returns>
    [Alias("Register")]
    Task<SignInReply> Register(Registration registration, SessionLocation session);

    /// <summary>Makes this a new regular user that is logged in nowhere.</summary>
    /// <returns>Refused as by <see cref="Register"/>.</returns>
    [Alias("Create")]
    Task<Refusal> Create(Registration registration);

    /// <summary>Makes this a new guest with a generated name, a first token and session, in one transaction.</summary>
    [Alias("RegisterGuest")]
    Task<SignIn> RegisterGuest(SessionLocation session);

    /// <summary>
    /// Makes this guest a regular user. Its id, tokens and sessions stay; the gateways of its sessions are told, so that all of
    /// them look.
    /// </summary>
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
    /// <returns>What the user is now; null when the session is not logged in as it any more.</returns>
    [Alias("Place")]
    Task<LocationReply?> ReportLocation(SessionLocation session);

    /// <summary>
    /// Whether the session is logged in as this user now. A wake-up says so later; whoever acts for the user must not wait for it.
    /// </summary>
    [Alias("IsSignedIn"), AlwaysInterleave]
    Task<bool> IsSignedIn(string sessionId);

    /// <summary>Lets the session go if its time is over; false when its client has come back meanwhile.</summary>
    [Alias("Expire")]
    Task<bool> Expire(string sessionId);

    /// <summary>Makes this a new administrator, unless an administrator exists already.</summary>
    /// <returns>Refused as by <see cref="Register"/>; NotAllowed when there is one.</returns>
    [Alias("RegisterFirstAdministrator")]
    Task<Refusal> RegisterFirstAdministrator(Registration registration);

    /// <summary>All that is known of the user; null when there is no such user.</summary>
    [Alias("GetDetails")]
    Task<UserDetails?> GetDetails();

    /// <summary>Changes the profile.</summary>
    /// <returns>False when a field is not acceptable; nothing is changed then.</returns>
    [Alias("Edit")]
    Task<bool> Edit(ProfileEdit edit);

    /// <summary>Changes the password and revokes every login but one.</summary>
    /// <param name="present">The present password; a wrong one counts as a failed login.</param>
    /// <param name="wanted">The new one.</param>
    /// <param name="keepTokenId">A token of the login that stays.</param>
    [Alias("ChangePassword")]
    Task<PasswordChange> ChangePassword(Secret present, Secret wanted, string keepTokenId);

    /// <summary>The user's logins, newest first.</summary>
    [Alias("GetLogins")]
    Task<ImmutableArray<Login>> GetLogins();

    /// <summary>Ends one login of this user, as <see cref="Revoke"/> does.</summary>
    /// <returns>False when there is no such login.</returns>
    [Alias("EndLogin")]
    Task<bool> EndLogin(string loginId);

    /// <summary>Ends every login but one.</summary>
    /// <param name="keepTokenId">A token of the login that stays.</param>
    [Alias("EndOtherLogins")]
    Task EndOtherLogins(string keepTokenId);

    /// <summary>Deletes the user with all tokens and sessions, and frees the names.</summary>
    /// <returns>False when there is no such user.</returns>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>The session ended by itself. Its token stays good.</summary>
    [Alias("Forget")]
    Task Forget(string sessionId);
}
