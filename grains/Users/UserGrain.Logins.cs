using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Observability;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Grains.Users;

/// <content>Where the user is logged in, and how that ends.</content>
public sealed partial class UserGrain
{
    public async Task<PasswordCheck> CheckPassword(Secret password)
    {
        var hash = _user?.PasswordHash;
        var result = await passwords.Verify(hash, password);
        if (result is null) return PasswordCheck.Busy;
        if (_user is null) return PasswordCheck.Wrong;
        if (await users.IsLocked(Id)) return PasswordCheck.Locked;
        if (result == PasswordVerificationResult.Failed)
        {
            await users.RecordFailure(Id);
            return PasswordCheck.Wrong;
        }
        await users.ForgetFailures(Id);
        if (result == PasswordVerificationResult.SuccessRehashNeeded) await Rehash(hash!, password);
        return PasswordCheck.Right;
    }

    public async Task<SignInReply> SignIn(SessionLocation session)
    {
        if (_user is null) return SignInReply.Refused(Refusal.Username);
        if (_user.IsBanned) return SignInReply.Refused(Refusal.Withheld);
        var token = await GrainFactory.Token(RandomId.New()).Issue(Id, session.Protocol);
        await sessions.Put(Id, token.Id, session);
        return SignInReply.Of(Entered(token));
    }

    public async Task<SignInReply> Redeem(string tokenId, SessionLocation session)
    {
        if (_user is null or { IsBanned: true }) return SignInReply.Refused(Refusal.Token);
        var redemption = await GrainFactory.Token(tokenId).Redeem(Id);
        switch (redemption.Outcome)
        {
            case RedemptionOutcome.Good:
                await sessions.Put(Id, redemption.Family, session);
                return SignInReply.Of(Entered(redemption.Successor!));
            case RedemptionOutcome.Reused:
                await RevokeFamily(redemption.Family, tokenId, "reuse");
                return SignInReply.Refused(Refusal.Token);
            default:
                return SignInReply.Refused(Refusal.Token);
        }
    }

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

    private async Task<bool> RevokeFamily(string family, string tokenId, string cause)
    {
        if (await GrainFactory.Token(tokenId).RevokeFamily(Id) is null) return false;
        await GrainFactory.WakeGateways(await sessions.RemoveLogin(Id, family));
        GrainMeters.FamilyRevoked(cause);
        return true;
    }

    private async Task Rehash(string oldHash, Secret password)
    {
        if (await passwords.Hash(password) is not { } newHash) return;
        await users.Rehash(Id, oldHash, newHash);
        _user = _user! with { PasswordHash = newHash };
    }
}
