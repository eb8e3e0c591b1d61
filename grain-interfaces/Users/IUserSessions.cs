using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>An account as its sessions know it: where they are, and whether they are still logged in.</summary>
[Alias("Gatehouse.IUserSessions")]
public interface IUserSessions : IGrainWithStringKey
{
    /// <summary>Reports where the session is now, and says whether it is still logged in as this user.</summary>
    /// <returns>What the user is now; null when the session is not logged in as it any more, or the user is banned.</returns>
    [Alias("Place")]
    Task<LocationReply?> ReportLocation(SessionLocation session);

    /// <summary>
    /// Whether the session is logged in as this user now. A wake-up says so later; whoever acts for the user must not wait for it.
    /// </summary>
    [Alias("IsSignedIn"), AlwaysInterleave]
    Task<bool> IsSignedIn(string sessionId);

    /// <summary>By which of the user's logins the session is logged in; null when it is not logged in as this user.</summary>
    [Alias("FindLoginOf"), AlwaysInterleave]
    Task<string?> FindLoginOf(string sessionId);

    /// <summary>Lets the session go if its time is over; false when its client has come back meanwhile.</summary>
    [Alias("Expire")]
    Task<bool> Expire(string sessionId);

    /// <summary>The session ended by itself. Its token stays good.</summary>
    [Alias("Forget")]
    Task Forget(string sessionId);
}
