using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Observability;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Grains.Users;

/// <content>Where the user is logged in, and how that ends.</content>
public sealed partial class UserGrain
{
    public async Task<PasswordReply> CheckPassword(Secret password, CancellationToken cancellation)
    {
        var user = await users.Find(Id);
        // Nobody waits for housekeeping to do it.
        if (user is { IsBanned: true } && await operations.EndBan(Id)) user = await users.Find(Id);
        var result = await passwords.Verify(user?.PasswordHash, password, cancellation);
        if (result is null) return new PasswordReply(PasswordCheck.Busy);
        if (user is null) return new PasswordReply(PasswordCheck.Wrong);
        if (user.IsBarred) return new PasswordReply(PasswordCheck.Locked);
        if (result == PasswordVerificationResult.Failed)
        {
            return new PasswordReply(await logins.RecordFailure(Id) ? PasswordCheck.Wrong : PasswordCheck.Locked);
        }
        if (result == PasswordVerificationResult.SuccessRehashNeeded && await passwords.Hash(password, cancellation) is { } stronger)
        {
            await logins.Rehash(user, stronger);
        }
        return new PasswordReply(PasswordCheck.Right, user.Version);
    }

    public async Task<SignInReply> SignIn(SessionLocation session, int version)
    {
        var token = tokens.Draft(Id);
        var (refusal, user) = await logins.SignIn(version, token, session);
        return Entered(refusal, user, token);
    }

    public async Task<SignInReply> Redeem(string tokenId, SessionLocation session)
    {
        var redemption = await GrainFactory.Token(tokenId).Redeem(Id);
        if (redemption.Outcome == RedemptionOutcome.Reused) await RevokeFamily(tokenId, "reuse");
        if (redemption.Successor is not { } successor) return SignInReply.Refused(Refusal.Token);
        var (refusal, user) = await logins.SignIn(successor, redemption.Family, session);
        return Entered(refusal == Refusal.None ? refusal : Refusal.Token, user, successor);
    }

    public Task<bool> Revoke(string tokenId) => RevokeFamily(tokenId, "logout");

    public async Task<ImmutableArray<Login>> GetLogins() => [.. await tokens.FindLogins(Id)];

    // A family has the id of its first token.
    public Task<bool> EndLogin(string loginId) => RevokeFamily(loginId, "ended");

    public async Task EndOtherLogins(string keepTokenId) => await Revoked(await logins.RevokeOthers(Id, keepTokenId), "ended");

    public async Task<PasswordChange> ChangePassword(
        Secret present, Secret wanted, string keepTokenId, CancellationToken cancellation)
    {
        var reply = await CheckPassword(present, cancellation);
        if (reply.Check == PasswordCheck.Wrong) return PasswordChange.Wrong;
        if (reply.Check != PasswordCheck.Right) return PasswordChange.Withheld;
        var refusal = passwords.Check(wanted);
        if (refusal != Refusal.None) return refusal == Refusal.Password ? PasswordChange.TooShortOrLong : PasswordChange.TooSimple;
        if (await passwords.Hash(wanted, cancellation) is not { } hash) return PasswordChange.Withheld;
        cancellation.ThrowIfCancellationRequested();
        if (await logins.SetPassword(Id, reply.Version, hash, keepTokenId) is not { } revoked) return PasswordChange.Wrong;
        await Revoked(revoked, "ended");
        return PasswordChange.Changed;
    }

    public async Task<PasswordChange> ResetPassword(Secret code, Secret wanted, CancellationToken cancellation)
    {
        // Before anything is hashed.
        if (await operations.FindByResetCode(code) != Id) return PasswordChange.Wrong;
        var refusal = passwords.Check(wanted);
        if (refusal != Refusal.None) return refusal == Refusal.Password ? PasswordChange.TooShortOrLong : PasswordChange.TooSimple;
        if (await passwords.Hash(wanted, cancellation) is not { } hash) return PasswordChange.Withheld;
        cancellation.ThrowIfCancellationRequested();
        if (!await operations.ResetPassword(Id, code, hash)) return PasswordChange.Wrong;
        await waking.Wake(Id);
        return PasswordChange.Changed;
    }

    private async Task<bool> RevokeFamily(string tokenId, string cause)
    {
        var isRevoked = await GrainFactory.Token(tokenId).RevokeFamily(Id);
        await Revoked(isRevoked ? 1 : 0, cause);
        return isRevoked;
    }

    /// <summary>So many logins have ended. Whether or not it were any this time, an earlier attempt may have woken nobody.</summary>
    private Task Revoked(int families, string cause)
    {
        if (families > 0) GrainMeters.FamiliesRevoked(families, cause);
        return waking.Wake(Id);
    }
}
