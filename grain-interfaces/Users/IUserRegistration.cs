namespace Gatehouse.GrainInterfaces.Users;

/// <summary>
/// An account as what somebody makes, upgrades and deletes. For a caller who stops waiting for a password to be hashed nothing is made.
/// </summary>
[Alias("Gatehouse.IUserRegistration")]
public interface IUserRegistration : IGrainWithStringKey
{
    /// <summary>Makes this a new regular user, with a first token and session, in one transaction.</summary>
    /// <returns>A sign-in, or refused: Username, Email, Password, PasswordTooSimple (not acceptable), UsernameTaken, EmailTaken,
    /// Withheld (too busy).</returns>
    [Alias("Register")]
    Task<SignInReply> Register(Registration registration, SessionLocation session, CancellationToken cancellation = default);

    /// <summary>Makes this a new regular user that is logged in nowhere.</summary>
    /// <returns>Refused as by <see cref="Register"/>.</returns>
    [Alias("Create")]
    Task<Refusal> Create(Registration registration, CancellationToken cancellation = default);

    /// <summary>Makes this a new administrator, unless an administrator exists already.</summary>
    /// <returns>Refused as by <see cref="Register"/>; NotAllowed when there is one.</returns>
    [Alias("RegisterFirstAdministrator")]
    Task<Refusal> RegisterFirstAdministrator(Registration registration);

    /// <summary>
    /// Makes this guest a regular user. Its id, tokens and sessions stay; the gateways of its sessions are woken, so that
    /// all of them revalidate.
    /// </summary>
    /// <returns><see cref="Refusal.None"/>, or refused as by <see cref="Register"/>; NotAllowed when it is no guest.</returns>
    [Alias("Upgrade")]
    Task<Refusal> Upgrade(Registration registration, CancellationToken cancellation = default);

    /// <summary>Deletes the user with all tokens and sessions, and frees the names.</summary>
    /// <returns>False when there is no such user.</returns>
    [Alias("Delete")]
    Task<bool> Delete();
}
