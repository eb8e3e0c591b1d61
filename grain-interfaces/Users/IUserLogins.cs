using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>An account as what sessions log in as: its password and its tokens. A login is a family of tokens, see <see cref="Login"/>.</summary>
[Alias("Gatehouse.IUserLogins")]
public interface IUserLogins : IGrainWithStringKey
{
    /// <summary>
    /// Checks a password, and counts a failure: too many within the window lock the account (defaults: 10 in 15 minutes).
    /// The work is the same whether right, wrong or locked. A caller who stops waiting before it has begun is not hashed for.
    /// </summary>
    [Alias("CheckPassword"), AlwaysInterleave]
    Task<PasswordReply> CheckPassword(Secret password, CancellationToken cancellation = default);

    /// <summary>Logs a session in with a new token of a new family, and forgets failures. The caller has checked the password.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">What the check has said, see <see cref="PasswordReply.Version"/>.</param>
    /// <returns>Refused: Username (no such user), Password (changed since the check), Withheld (banned, or locked since).</returns>
    [Alias("SignIn")]
    Task<SignInReply> SignIn(SessionLocation session, int version);

    /// <summary>
    /// Logs a session in with a token, and rotates it. A token given up within the overlap (default 60 s) counts as its
    /// successor; one given up longer ago is taken for stolen, and its whole family is revoked.
    /// </summary>
    /// <returns>A sign-in with the token's successor, or refused: Token.</returns>
    [Alias("Redeem")]
    Task<SignInReply> Redeem(string tokenId, SessionLocation session);

    /// <summary>
    /// Revokes a token of this user and its family, and ends the sessions that came from them. When this returns they are gone from here,
    /// and the wake-ups of their gateways are stored and, where those could be reached, on their way.
    /// </summary>
    /// <returns>False when the token is unknown, another user's, or was revoked before; gateways are woken all the same.</returns>
    [Alias("Revoke")]
    Task<bool> Revoke(string tokenId);

    /// <summary>The user's logins, newest first.</summary>
    [Alias("GetLogins")]
    Task<ImmutableArray<Login>> GetLogins();

    /// <summary>Ends one login of this user, as <see cref="Revoke"/> does.</summary>
    /// <returns>False when there is no such login, or not any more.</returns>
    [Alias("EndLogin")]
    Task<bool> EndLogin(string loginId);

    /// <summary>Ends every login but one.</summary>
    /// <param name="keepTokenId">A token of the login that stays.</param>
    [Alias("EndOtherLogins")]
    Task EndOtherLogins(string keepTokenId);

    /// <summary>Changes the password and revokes every login but one.</summary>
    /// <param name="present">The present password; a wrong one counts as a failed login.</param>
    /// <param name="wanted">The new one.</param>
    /// <param name="keepTokenId">A token of the login that stays.</param>
    /// <param name="cancellation">The caller stops waiting for a password to be hashed: nothing is changed.</param>
    [Alias("ChangePassword"), AtMostOnce]
    Task<PasswordChange> ChangePassword(Secret present, Secret wanted, string keepTokenId, CancellationToken cancellation = default);

    /// <summary>Sets another password by a code, which is used up, and revokes every login.</summary>
    /// <param name="code">See <see cref="IUserOperation.AllowReset"/>.</param>
    /// <param name="wanted">The new password.</param>
    /// <param name="cancellation">The caller stops waiting for a password to be hashed: nothing is changed.</param>
    /// <returns>Wrong: the code is not good, or not any more.</returns>
    [Alias("ResetPassword"), AtMostOnce]
    Task<PasswordChange> ResetPassword(Secret code, Secret wanted, CancellationToken cancellation = default);
}
