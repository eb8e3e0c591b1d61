using System.Globalization;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <content>What operators do to the account: <see cref="IUserOperation"/>.</content>
public sealed partial class UserGrain
{
    private const int MaxReasonLength = 500;

    public async Task<UserAccount?> Inspect() =>
        await profiles.Find(Id) is { } details && await operations.FindBars(Id) is { } bars
            ? new UserAccount(details, bars.BanReason, bars.BannedUntil, bars.LockedUntil, await GetLogins())
            : null;

    public Task<OperatorOutcome> Ban(Operator by, string reason, TimeSpan? duration)
    {
        if (!IsText(reason, MaxReasonLength)) reason = "";
        var length = duration?.ToString("c", CultureInfo.InvariantCulture) ?? "for ever";
        var act = AuditAct.OnUser(by, AuditAction.Ban, Id, reason.Length == 0 ? length : $"{length}: {reason}");
        return ToAnother(act, () => operations.Ban(act, Id, reason, duration));
    }

    public Task<OperatorOutcome> Unban(Operator by) => operations.Unban(AuditAct.OnUser(by, AuditAction.Unban, Id), Id);

    public Task<OperatorOutcome> SetPermission(Operator by, string permission, bool granted)
    {
        var act = AuditAct.OnUser(by, granted ? AuditAction.Grant : AuditAction.Take, Id, permission);
        return granted
            ? operations.SetPermission(act, Id, permission, granted)
            : ToAnother(act, () => operations.SetPermission(act, Id, permission, granted));
    }

    public async Task<OperatorOutcome> EndLogins(Operator by, string? loginId)
    {
        var act = AuditAct.OnUser(by, loginId is null ? AuditAction.EndLogins : AuditAction.EndLogin, Id, loginId ?? "");
        var outcome = await operations.EndLogins(act, Id, loginId);
        await waking.Wake(Id);
        return outcome;
    }

    public Task<ResetReply> AllowReset(Operator by) => operations.AllowReset(AuditAct.OnUser(by, AuditAction.ResetPassword, Id), Id);

    /// <summary>Nobody does this to themselves; whoever hears of it is woken.</summary>
    private async Task<OperatorOutcome> ToAnother(AuditAct act, Func<Task<OperatorOutcome>> change)
    {
        if (act.By.Id == Id)
        {
            await audit.Add(act, OperatorOutcome.NotAllowed);
            return OperatorOutcome.NotAllowed;
        }
        var outcome = await change();
        await waking.Wake(Id);
        return outcome;
    }
}
