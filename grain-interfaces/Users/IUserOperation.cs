using Gatehouse.GrainInterfaces.Operators;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>
/// An account as what operators look after. Each change is one transaction with its entry in the audit log, and holds at once in every
/// process. That the operator may is for the caller to have asked; nobody bans themselves or gives up being an administrator, so that one
/// is left.
/// </summary>
[Alias("Gatehouse.IUserOperation")]
public interface IUserOperation : IGrainWithStringKey
{
    /// <summary>All that operators may see; null when there is no such user.</summary>
    [Alias("Inspect")]
    Task<UserAccount?> Inspect();

    /// <summary>Ends all logins and lets the user in no more, until the ban is over or lifted.</summary>
    /// <param name="by">Who wants it.</param>
    /// <param name="reason">At most 500 characters.</param>
    /// <param name="duration">How long; null for ever. It ends up to half a minute late.</param>
    [Alias("Ban")]
    Task<OperatorOutcome> Ban(Operator by, string reason, TimeSpan? duration);

    /// <summary>Lets the user in again.</summary>
    [Alias("Unban")]
    Task<OperatorOutcome> Unban(Operator by);

    /// <summary>Gives or takes a permission.</summary>
    /// <param name="by">Who wants it.</param>
    /// <param name="permission">See <see cref="Permission"/>.</param>
    /// <param name="granted">Whether the user has it from now on.</param>
    [Alias("SetPermission")]
    Task<OperatorOutcome> SetPermission(Operator by, string permission, bool granted);

    /// <summary>Ends a login on one device, or all.</summary>
    /// <param name="by">Who wants it.</param>
    /// <param name="loginId">See <see cref="Login.Id"/>; null for all.</param>
    [Alias("EndLogins")]
    Task<OperatorOutcome> EndLogins(Operator by, string? loginId);

    /// <summary>
    /// Makes a code by which the user can set another password, once, see <see cref="IUserLogins.ResetPassword"/>. It takes the place of
    /// the one before. A guest has no password.
    /// </summary>
    [Alias("AllowReset"), AtMostOnce]
    Task<ResetReply> AllowReset(Operator by);
}
