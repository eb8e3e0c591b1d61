using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Operators;
using Gatehouse.Grains.Tokens;
using Microsoft.AspNetCore.Identity;
using Orleans.Storage;

namespace Gatehouse.Grains.Users;

/// <remarks>
/// Keeps nothing in memory: who the user is, and whether they may, is asked of the row each time, because others write to it too. What the
/// grain adds is that the commands to one user come one after the other.
/// </remarks>
public sealed partial class UserGrain(
    UserStore users,
    LoginStore logins,
    SessionRegistry sessions,
    ProfileStore profiles,
    TokenStore tokens,
    UserOperationStore operations,
    AuditLog audit,
    PasswordHashing passwords,
    SessionWaking waking) : Grain, IUserGrain
{
    private Guid Id => Guid.ParseExact(GrainKeys.IdOf(this.GetPrimaryKeyString()), "D");

    public Task<SignInReply> Register(Registration registration, SessionLocation session, CancellationToken cancellation) =>
        UnlessOvertaken(() => RegisterOnce(registration, session, cancellation));

    public Task<Refusal> Create(Registration registration, CancellationToken cancellation) =>
        UnlessOvertaken(() => CreateOnce(registration, users.Add, cancellation));

    public async Task<Refusal> RegisterFirstAdministrator(Registration registration) =>
        // Before anything is found wrong with the registration: at the second start its name is taken, by the administrator itself.
        await users.HasAdministrator()
            ? Refusal.NotAllowed
            : await UnlessOvertaken(() => CreateOnce(registration, users.AddFirstAdministrator, default));

    public async Task<Refusal> Upgrade(Registration registration, CancellationToken cancellation)
    {
        var refusal = await UnlessOvertaken(() => UpgradeOnce(registration, cancellation));
        if (refusal == Refusal.None) await waking.Wake(Id);
        return refusal;
    }

    public async Task<bool> Delete()
    {
        var deleted = await users.Delete(Id);
        await waking.Wake(Id);
        return deleted;
    }

    /// <summary>
    /// Does what looks first and then writes, and once more when another activation wrote in between: one on a silo that is taken for dead
    /// may still be at the first try of the same call.
    /// </summary>
    private static async Task<T> UnlessOvertaken<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (InconsistentStateException)
        {
            return await act();
        }
    }

    private async Task<SignInReply> RegisterOnce(Registration registration, SessionLocation session, CancellationToken cancellation)
    {
        if (await users.Find(Id) is { } known)
        {
            // The call is being repeated: the first reply was lost. With another address or password it is not the same call.
            if (known.NameKey != AccountText.Key(registration.Username)) return SignInReply.Refused(Refusal.NotAllowed);
            if (known.EmailKey != AccountText.Key(registration.Email)) return SignInReply.Refused(Refusal.UsernameTaken);
            return await passwords.Verify(known.PasswordHash, registration.Password, cancellation) switch
            {
                null => SignInReply.Refused(Refusal.Withheld),
                PasswordVerificationResult.Failed => SignInReply.Refused(Refusal.UsernameTaken),
                _ => await SignIn(session, known.Version),
            };
        }
        var (refusal, profile) = await Check(registration, cancellation);
        return profile is null ? SignInReply.Refused(refusal) : await Add(profile, session);
    }

    private async Task<Refusal> UpgradeOnce(Registration registration, CancellationToken cancellation)
    {
        var known = await users.Find(Id);
        if (known is { Kind: UserKind.Guest })
        {
            var (refusal, profile) = await Check(registration, cancellation);
            return profile is null ? refusal : await users.Upgrade(profile with { Version = known.Version });
        }
        // The call is being repeated: the first reply was lost. Anything else is another call.
        return known?.NameKey == AccountText.Key(registration.Username) && known.EmailKey == AccountText.Key(registration.Email)
            ? Refusal.None
            : Refusal.NotAllowed;
    }

    private async Task<Refusal> CreateOnce(
        Registration registration, Func<UserRow, Task<Refusal>> add, CancellationToken cancellation)
    {
        if (await users.Find(Id) is { } known)
        {
            return known.NameKey == AccountText.Key(registration.Username) ? Refusal.None : Refusal.NotAllowed;
        }
        var (refusal, profile) = await Check(registration, cancellation);
        return profile is null ? refusal : await add(profile);
    }

    /// <summary>What the registration makes of the user, or why it is not acceptable.</summary>
    private async Task<(Refusal, UserRow?)> Check(Registration registration, CancellationToken cancellation)
    {
        if (AccountText.Name(registration.Username) is not { } name) return (Refusal.Username, null);
        if (AccountText.Email(registration.Email) is not { } email) return (Refusal.Email, null);
        var refusal = passwords.Check(registration.Password);
        if (refusal != Refusal.None) return (refusal, null);

        var (nameKey, emailKey) = (AccountText.Key(name), AccountText.Key(email));
        var taken = await users.Taken(Id, nameKey, emailKey);
        if (taken != Refusal.None) return (taken, null);

        if (await passwords.Hash(registration.Password, cancellation) is not { } hash) return (Refusal.Withheld, null);
        cancellation.ThrowIfCancellationRequested();
        return (Refusal.None, new UserRow(Id, UserKind.Regular, name, nameKey, email, emailKey, hash));
    }

    private async Task<SignInReply> Add(UserRow user, SessionLocation session)
    {
        var token = tokens.Draft(Id);
        var refusal = await users.Add(user, token, session);
        return Entered(refusal, user, token);
    }

    private SignInReply Entered(Refusal refusal, UserRow? user, IssuedToken token) => refusal == Refusal.None
        ? SignInReply.Of(new SignIn(Id, user!.Name, user.Kind, token))
        : SignInReply.Refused(refusal);
}
