using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;

namespace Gatehouse.Grains.Users;

/// <summary>
/// Whose name and password these are. Calls <see cref="GrainInterfaces.Logins.IAddressGuardGrain"/> and <see cref="IUserGrain"/> in
/// the name of the grain that uses it.
/// </summary>
public sealed class Authenticator(IGrainFactory grains, UserStore users, PasswordHashing passwords)
{
    /// <summary>Checks credentials, and counts a failure against the account and the address.</summary>
    /// <param name="address">The client's network address, see <see cref="GrainInterfaces.Sessions.Caller.Address"/>.</param>
    /// <param name="credentials">What the client typed.</param>
    /// <param name="cancellation">Whoever wanted to know waits no more; thrown unless it was too late not to hash.</param>
    /// <returns>
    /// The user, and what to sign in with, see <see cref="PasswordReply.Version"/>; refused: Username (unknown), Password (wrong),
    /// Withheld (locked, banned, or too busy).
    /// </returns>
    public async Task<(Refusal Refusal, Guid UserId, int Version)> Authenticate(
        string address, Credentials credentials, CancellationToken cancellation)
    {
        var guard = grains.AddressGuard(address);
        if (await guard.IsShut()) return Refused(Refusal.Withheld);

        if (await Find(credentials) is not { } userId)
        {
            // Costs a stranger's guess as much as a real account would.
            if (await passwords.Verify(null, credentials.Password, cancellation) is null) return Refused(Refusal.Withheld);
            return Refused(await guard.RecordFailure() ? Refusal.Username : Refusal.Withheld);
        }

        var reply = await grains.User(userId).CheckPassword(credentials.Password, cancellation);
        switch (reply.Check)
        {
            case PasswordCheck.Right:
                cancellation.ThrowIfCancellationRequested();
                // Others may have failed meanwhile: of guesses at once, the right one counts for no more than the wrong ones.
                return await guard.IsShut() ? Refused(Refusal.Withheld) : (Refusal.None, userId, reply.Version);
            case PasswordCheck.Wrong:
                return Refused(await guard.RecordFailure() ? Refusal.Password : Refusal.Withheld);
            default:
                return Refused(Refusal.Withheld);
        }

        static (Refusal, Guid, int) Refused(Refusal reason) => (reason, default, default);
    }

    /// <summary>The account of that name or e-mail address, whatever the password; null when there is none.</summary>
    public Task<Guid?> Find(Credentials credentials) =>
        credentials.IsEmail ? users.FindByEmail(credentials.Login) : users.FindByName(credentials.Login);
}
