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
        return [.. await Task.WhenAll(hosts.Select(Ask))];

        async Task<ActiveSilo> Ask(MembershipEntry host)
        {
            var silent = new ActiveSilo(host.SiloName, host.SiloAddress.ToString(), host.StartTime, host.IAmAliveTime, 0, 0, 0, null);
            try
            {
                SiloAddress[] alone = [host.SiloAddress];
                var counting = management.GetSimpleGrainStatistics(alone);
                var figures = (await management.GetRuntimeStatistics(alone).WaitAsync(Patience))[0];
                return silent with
                {
                    Activations = figures.ActivationCount,
                    Memory = figures.EnvironmentStatistics.RawMemoryUsageBytes,
                    Processor = figures.EnvironmentStatistics.FilteredCpuUsagePercentage,
                    Grains =
                    [
                        .. (await counting.WaitAsync(Patience)).GroupBy(count => ClassOf(count.GrainType), count => count.ActivationCount)
                            .Select(count => new GrainCount(count.Key, count.Sum())),
                    ],
                };
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException)
            {
                return silent;
            }
        }
    }

    /// <summary>The class of a grain, without its namespace and assembly.</summary>
    private static string ClassOf(string type) => type.Split(',')[0].Split('.')[^1];
}
