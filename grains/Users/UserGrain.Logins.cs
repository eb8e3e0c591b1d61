using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Observability;

namespace Gatehouse.Grains.Users;

/// <content>Where the user is logged in, and how that ends.</content>
public sealed partial class UserGrain
{
    public async Task<bool> Revoke(string tokenId) =>
        await tokens.FindFamily(tokenId, Id) is { } family && await RevokeFamily(family, tokenId, "logout");

    public async Task<ImmutableArray<Login>> GetLogins() => [.. await tokens.FindLogins(Id)];

    // A family has the id of its first token.
    public Task<bool> EndLogin(string loginId) => RevokeFamily(loginId, loginId, "ended");

    public async Task EndOtherLogins(string keepTokenId)
    {
        var keep = await tokens.FindFamily(keepTokenId, Id);
        foreach (var login in await tokens.FindLogins(Id))
        {
            if (login.Id != keep) await RevokeFamily(login.Id, login.Id, "ended");
        }
    }

    public async Task<PasswordChange> ChangePassword(Secret present, Secret wanted, string keepTokenId)
    {
        switch (await CheckPassword(present))
        {
            case PasswordCheck.Wrong:
                return PasswordChange.Wrong;
            case PasswordCheck.Locked or PasswordCheck.Busy:
                return PasswordChange.Withheld;
        }
        var refusal = passwords.Check(wanted);
        if (refusal != Refusal.None) return refusal == Refusal.Password ? PasswordChange.TooShortOrLong : PasswordChange.TooSimple;
        if (await passwords.Hash(wanted) is not { } hash) return PasswordChange.Withheld;
        await users.SetPassword(Id, hash);
        _user = _user! with { PasswordHash = hash };
        await EndOtherLogins(keepTokenId);
        return PasswordChange.Changed;
    }

    public async Task<bool> Delete()
    {
        if (await users.Delete(Id) is not { } ended) return false;
        _user = null;
        await GrainFactory.WakeGateways(ended);
        DeactivateOnIdle();
        return true;
    }

    public async Task<LocationReply?> ReportLocation(SessionLocation session) =>
        await sessions.UpdateLocation(Id, session) && _user is { } user ? new LocationReply(user.Name, user.Kind) : null;

    public Task<bool> IsSignedIn(string sessionId) => sessions.Contains(Id, sessionId);

    public Task<bool> Expire(string sessionId) => sessions.Expire(Id, sessionId);

    public Task Forget(string sessionId) => sessions.Remove(Id, sessionId);

    private async Task<bool> RevokeFamily(string family, string tokenId, string cause)
    {
        if (await GrainFactory.Token(tokenId).RevokeFamily(Id) is null) return false;
        await GrainFactory.WakeGateways(await sessions.RemoveLogin(Id, family));
        GrainMeters.FamilyRevoked(cause);
        return true;
    }
}
