using Gatehouse.GrainInterfaces.Cluster;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Cluster;

[StatelessWorker]
public sealed class SiloProbeGrain(ILocalSiloDetails silo) : Grain, ISiloProbeGrain
{
    private readonly string _self = $"{silo.SiloAddress.Endpoint.Address}/{silo.SiloAddress.Generation}";

    public Task<string> Answer() => Task.FromResult(_self);
}
