using System.Security.Cryptography;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Tokens;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Grains.Users;

public sealed partial class UserGrain(
    UserStore users, SessionRegistry sessions, ProfileStore profiles, TokenStore tokens, PasswordHashing passwords)
    : Grain, IUserGrain
{
    private UserRow? _user;

    private Guid Id => Guid.ParseExact(GrainKeys.IdOf(this.GetPrimaryKeyString()), "D");

    public override async Task OnActivateAsync(CancellationToken cancellationToken) => _user = await users.Find(Id);

    public async Task<SignInReply> Register(Registration registration, SessionLocation session)
    {
        if (_user is not null)
        {
            // The call is being repeated: the first reply was lost. With another address or password it is not the same call.
            if (_user.NameKey != AccountText.Key(registration.Username)) return SignInReply.Refused(Refusal.NotAllowed);
            if (_user.EmailKey != AccountText.Key(registration.Email)) return SignInReply.Refused(Refusal.UsernameTaken);
            return await passwords.Verify(_user.PasswordHash, registration.Password) switch
            {
                null => SignInReply.Refused(Refusal.Withheld),
                PasswordVerificationResult.Failed => SignInReply.Refused(Refusal.UsernameTaken),
                _ => await SignIn(session),
            };
        }
        var (refusal, profile) = await Check(registration);
        return profile is null ? SignInReply.Refused(refusal) : await Add(profile, session);
    }

    public async Task<SignIn> RegisterGuest(SessionLocation session)
    {
        if (_user is null)
        {
            SignInReply reply;
            do
            {
                var name = $"guest-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
                reply = await Add(new UserRow(Id, UserKind.Guest, name, AccountText.Key(name), null, null, null, 1), session);
            }
            while (reply.Refusal == Refusal.UsernameTaken);
            return reply.SignIn!;
        }
        return (await SignIn(session)).SignIn!;
    }

    public Task<Refusal> Create(Registration registration) => Create(registration, users.Add);

    public async Task<Refusal> RegisterFirstAdministrator(Registration registration) =>
        // Before anything is found wrong with the registration: at the second start its name is taken, by the administrator itself.
        await users.HasAdministrator() ? Refusal.NotAllowed : await Create(registration, users.AddFirstAdministrator);

    public async Task<Refusal> Upgrade(Registration registration)
    {
        if (_user is { Kind: UserKind.Guest } guest)
        {
            var (refusal, profile) = await Check(registration);
            if (profile is null) return refusal;
            refusal = await users.Upgrade(profile with { Version = guest.Version });
            if (refusal != Refusal.None) return refusal;
            _user = profile with { Version = guest.Version + 1 };
        }
        else if (_user?.NameKey != AccountText.Key(registration.Username) || _user.EmailKey != AccountText.Key(registration.Email))
        {
            // Anything else is the call being repeated: the first reply was lost.
            return Refusal.NotAllowed;
        }
        await GrainFactory.WakeGateways(await sessions.Find(Id));
        return Refusal.None;
    }

    public async Task<bool> Delete()
    {
        if (await users.Delete(Id) is not { } ended) return false;
        _user = null;
        await GrainFactory.WakeGateways(ended);
        DeactivateOnIdle();
        return true;
    }

    private async Task<Refusal> Create(Registration registration, Func<UserRow, Task<Refusal>> add)
    {
        if (_user is not null) return _user.NameKey == AccountText.Key(registration.Username) ? Refusal.None : Refusal.NotAllowed;
        var (refusal, profile) = await Check(registration);
        if (profile is null) return refusal;
        refusal = await add(profile);
        if (refusal == Refusal.None) _user = profile;
        return refusal;
    }

    /// <summary>What the registration makes of the user, or why it is not acceptable.</summary>
    private async Task<(Refusal, UserRow?)> Check(Registration registration)
    {
        if (AccountText.Name(registration.Username) is not { } name) return (Refusal.Username, null);
        if (AccountText.Email(registration.Email) is not { } email) return (Refusal.Email, null);
        var refusal = passwords.Check(registration.Password);
        if (refusal != Refusal.None) return (refusal, null);

        var (nameKey, emailKey) = (AccountText.Key(name), AccountText.Key(email));
        var taken = await users.Taken(Id, nameKey, emailKey);
        if (taken != Refusal.None) return (taken, null);

        return await passwords.Hash(registration.Password) is { } hash
            ? (Refusal.None, new UserRow(Id, UserKind.Regular, name, nameKey, email, emailKey, hash, 1))
            : (Refusal.Withheld, null);
    }

    private async Task<SignInReply> Add(UserRow user, SessionLocation session)
    {
        var token = tokens.Draft(RandomId.New(), Id);
        var refusal = await users.Add(user, token, session);
        if (refusal != Refusal.None) return SignInReply.Refused(refusal);
        _user = user;
        return SignInReply.Of(Entered(token));
    }

    private SignIn Entered(IssuedToken token) => new(Id, _user!.Name, _user.Kind, token);
}
