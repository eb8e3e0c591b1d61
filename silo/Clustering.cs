using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Gatehouse.Silo;

/// <summary>Makes the silos on one database a cluster.</summary>
internal static class Clustering
{
    private const string Source = "clustering";

    /// <summary>Pools of its own, so that busy stores do not make a silo look dead.</summary>
    private const int Connections = 2;

    /// <summary>Seconds. Nobody else waits for these connections: one that is not there soon will not come.</summary>
    private const int Timeout = 3;

    public static ISiloBuilder UseClustering(this ISiloBuilder silo, string connectionString)
    {
        var services = silo.Services;
        services.AddKeyedSingleton(Source, (_, _) => PostgresConnection.Open(connectionString, "gatehouse-clustering", Connections, Timeout));
        services.AddSingleton<ReservedPorts>();
        services.AddKeyedSingleton<TimeProvider, TimeOfProcess>(TimeProviderNames.Membership);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StaleSilos>();
        services.AddOptions<ClusterOptions>().Configure<IOptions<SiloOptions>>((cluster, settings) =>
            (cluster.ServiceId, cluster.ClusterId) = (settings.Value.ServiceId, settings.Value.ClusterId));
        services.AddOptions<EndpointOptions>().Configure<IOptions<SiloOptions>, ReservedPorts>(SetEndpoints);
        services.Configure<ClusterMembershipOptions>(membership =>
        {
            // How soon a start knows that a silo of another machine is gone, see StaleSilos.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        });
        return silo.UseAdoNetClustering(table => table.Configure<IServiceProvider>((options, provider) =>
        {
            options.Invariant = "Npgsql";
            options.DataSource = provider.GetRequiredKeyedService<NpgsqlDataSource>(Source);
        }));
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
