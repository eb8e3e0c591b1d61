using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Operators;

/// <summary>
/// The audit log: everything that operators did, or tried. Append only, which the database itself sees to. Keeps nothing, so that every
/// process has its own; calls nobody. Whatever an operator changes in a table is one transaction with its entry.
/// </summary>
[Alias("Gatehouse.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>Adds an entry for what changes nothing in a table, such as coming in.</summary>
    [Alias("Record"), AlwaysInterleave, AtMostOnce]
    Task Record(AuditAct act);

    /// <summary>Entries, newest first.</summary>
    /// <param name="before">A number; null for the newest.</param>
    /// <param name="subject">Only what was done to it, see <see cref="AuditAct.Subject"/>; null for everything.</param>
    /// <param name="actor">Only what they did; null for everybody.</param>
    /// <param name="limit">1 to 200.</param>
    [Alias("Read"), AlwaysInterleave]
    Task<AuditPage> Read(long? before, string? subject, Guid? actor, int limit);
}
