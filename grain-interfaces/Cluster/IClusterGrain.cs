using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Cluster;

/// <summary>
/// How the whole cluster is, for operators. Keeps nothing, so that every process has its own. Calls <see cref="Gateways.IGatewayGrain"/>.
/// </summary>
[Alias("Gatehouse.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>Its processes, and its database. A process that does not answer within two seconds shows no figures.</summary>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<ClusterStatus> GetStatus();
}
