using Gatehouse.Grains.Storage;

namespace Gatehouse.Silo;

/// <summary>What a readiness probe asks of the silo in this process.</summary>
public sealed class SiloHealth(DatabaseMonitor database)
{
    /// <summary>Whether the database answers now.</summary>
    public Task<bool> HasDatabase(CancellationToken cancellation) => database.Look(cancellation);
}
