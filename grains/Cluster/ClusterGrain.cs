using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Cluster;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.Grains.Gateways;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Cluster;

[StatelessWorker]
public sealed class ClusterGrain(GatewayStore gateways, DatabaseFigures database) : Grain, IClusterGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<ClusterStatus> GetStatus()
    {
        var (silos, reading) = (GetSilos(), database.Read());
        var alive = await Task.WhenAll((await gateways.FindLeases()).Select(lease => Ask(lease.Id, lease.Until)));
        return new ClusterStatus([.. alive], await silos, await reading);
    }

    private async Task<GatewayStatus> Ask(string id, DateTimeOffset leaseUntil)
    {
        ImmutableArray<Figure>? figures;
        try
        {
            figures = await GrainFactory.Gateway(id).GetFigures().WaitAsync(Patience);
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            figures = null;
        }
        return new GatewayStatus(id, leaseUntil, figures);
    }

    private async Task<ImmutableArray<ActiveSilo>> GetSilos()
    {
        var management = GrainFactory.GetGrain<IManagementGrain>(0);
        var hosts = await management.GetDetailedHosts(onlyActive: true);
        var figures = await management.GetRuntimeStatistics([.. hosts.Select(host => host.SiloAddress)]);
        return [.. hosts.Zip(figures, (host, silo) => new ActiveSilo(
            host.SiloName, host.SiloAddress.ToString(), host.StartTime, host.IAmAliveTime, silo.ActivationCount,
            silo.EnvironmentStatistics.RawMemoryUsageBytes))];
    }
}
