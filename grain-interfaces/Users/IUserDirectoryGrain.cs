using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>
/// Questions about users that no single user can answer. Keeps nothing, so that every process has its own; calls nobody.
/// </summary>
[Alias("Gatehouse.IUserDirectoryGrain")]
public interface IUserDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The user of that name, regardless of case and composition; null when there is none.</summary>
    [Alias("FindByName"), AlwaysInterleave]
    Task<Guid?> FindByName(string name);

    /// <summary>What there is to show of a user, as <see cref="IUserProfile.GetDetails"/>, without waking it; null when there is none.</summary>
    [Alias("GetDetails"), AlwaysInterleave]
    Task<UserDetails?> GetDetails(Guid userId);

    /// <summary>What makes a password acceptable here.</summary>
    [Alias("GetPasswordRules"), AlwaysInterleave]
    Task<PasswordRules> GetPasswordRules();

    /// <summary>A page of all users.</summary>
    /// <param name="page">From 1.</param>
    /// <param name="pageSize">1 to 1,000.</param>
    [Alias("List"), AlwaysInterleave]
    Task<UserPage> List(int page, int pageSize);

    /// <summary>Users by the beginning of their names; by an e-mail address or an id if the text is one.</summary>
    /// <param name="text">What somebody typed; empty for all.</param>
    /// <param name="after">What <see cref="UserMatches.Next"/> said; null from the first.</param>
    /// <param name="limit">1 to 200.</param>
    [Alias("Search"), AlwaysInterleave]
    Task<UserMatches> Search(string text, string? after, int limit);

    /// <summary>The user whom a code lets set another password, see <see cref="IUserOperation.AllowReset"/>; null when it lets nobody.</summary>
    [Alias("FindByResetCode"), AlwaysInterleave]
    Task<Guid?> FindByResetCode(Secret code);
}
