using System.Net;
using Gatehouse.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Gatehouse.Silo;

/// <summary>Makes the silos on one database a cluster.</summary>
internal static class Clustering
{
    public static ISiloBuilder UseClustering(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddSingleton<ReservedPorts>();
        services.AddKeyedSingleton<TimeProvider, TimeOfProcess>(TimeProviderNames.Membership);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StaleSilos>();
        services.AddOptions<EndpointOptions>().Configure<IOptions<SiloOptions>, ReservedPorts>(SetEndpoints);
        return silo.UseAdoNetClustering(table => table.Configure<IServiceProvider>((options, provider) =>
        {
            options.Invariant = ClusterDatabase.Invariant;
            options.DataSource = provider.GetClusterDatabase();
        }));
    }

    /// <summary>How soon a silo that is lost counts as dead, see docs/ARCHITECTURE.md.</summary>
    public static void SetFailureTimes(ClusterMembershipOptions membership)
    {
        // Three missed probes. On a busy machine a probe may take up to a second, and whoever was heard of in the three seconds of three of
        // those is not dead, however many were missed.
        membership.ProbeTimeout = membership.MinProbeTimeout = TimeSpan.FromMilliseconds(700);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        // How soon a silo that was frozen or cut off learns that it was declared dead: nobody tells it, so it looks.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        // How soon a start knows that a silo of another machine is gone, see StaleSilos.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
    }

    private static void SetEndpoints(EndpointOptions endpoints, IOptions<SiloOptions> options, ReservedPorts free)
    {
        var settings = options.Value;
        var listen = IPAddress.Parse(settings.ListenAddress ?? settings.Address);
        endpoints.AdvertisedIPAddress = IPAddress.Parse(settings.Address);
        endpoints.SiloPort = settings.SiloPort > 0 ? settings.SiloPort : free.Take(listen);
        endpoints.GatewayPort = settings.GatewayPort > 0 ? settings.GatewayPort : free.Take(listen);
        endpoints.SiloListeningEndpoint = new IPEndPoint(listen, endpoints.SiloPort);
        endpoints.GatewayListeningEndpoint = new IPEndPoint(listen, endpoints.GatewayPort);
    }
}
