namespace Gatehouse.GrainInterfaces.Logins;

/// <summary>
/// Counts failed logins from one network address and shuts it out for a while after too many (defaults: 100 in 15 minutes).
/// In memory only: a restart forgives. Key: see <see cref="GrainKeys.AddressGuard"/>. Calls nobody.
/// </summary>
[Alias("Gatehouse.IAddressGuardGrain")]
public interface IAddressGuardGrain : IGrainWithStringKey
{
    /// <summary>Whether logins from the address are refused at the moment.</summary>
    [Alias("IsShut")]
    Task<bool> IsShut();

    /// <summary>A login from the address failed: checks and counts in one step, so that guesses at once cannot outrun the lock.</summary>
    /// <returns>False when logins from the address are refused: it does not count then, and nobody may be told that it failed.</returns>
    [Alias("RecordFailure"), AtMostOnce]
    Task<bool> RecordFailure();
}
