using Gatehouse.GrainInterfaces;
using Gatehouse.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Messaging;
using Orleans.Runtime.Membership;

namespace Gatehouse.Gateway.Cluster;

/// <summary>Brings the grains to a gateway whose process has none: by a client of the cluster.</summary>
public static class ClusterHosting
{
    public static void AddClusterClient(this WebApplicationBuilder builder)
    {
        builder.AddCluster();
        builder.UseOrleansClient(client =>
        {
            client.UseAdoNetClustering(table => table.Configure<IServiceProvider>((options, services) =>
            {
                options.Invariant = ClusterDatabase.Invariant;
                options.DataSource = services.GetClusterDatabase();
            }));
            client.Services.AddSingleton<AdoNetGatewayListProvider>();
            client.Services.AddSingleton<IGatewayListProvider, SiloList>();
            client.Services.AddSingleton<SiloProbes>();
            client.Configure<GatewayOptions>(silos => silos.GatewayListRefreshPeriod = SiloList.Refresh);
            // As in a silo: whoever waits no more says so to whom they called, and hears whether that came too late.
            client.Configure<ClientMessagingOptions>(calls =>
            {
                calls.CancelRequestOnTimeout = true;
                calls.WaitForCancellationAcknowledgement = true;
            });
            if (builder.Configuration.Tls() is { } tls) client.UseTls(tls);
            client.AddOutgoingGrainCallFilter<LostSiloRetry>();
            client.AddOutgoingGrainCallFilter<LostCallRetry>();
            if (builder.Configuration.HasTraces()) client.AddActivityPropagation();
            if (builder.Configuration.HasDashboard()) client.AddDashboard(dashboard => dashboard.HideTrace = true);
        });
        // Orleans' own service keeps the whole start waiting until there is a silo; ours lets the doors answer meanwhile.
        var client = builder.Services.Last(service => service.ServiceType == typeof(IHostedService));
        builder.Services.Remove(client);
        builder.Services.AddKeyedSingleton(ClusterConnection.Client, (services, _) => (IHostedService)client.ImplementationFactory!(services));
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<ClusterConnection>());
        builder.Services.AddSingleton<IClusterConnectionStatusObserver>(services => services.GetRequiredService<ClusterConnection>());
        builder.Services.AddSingleton<IClientConnectionRetryFilter>(services => services.GetRequiredService<ClusterConnection>());
        builder.Services.AddHostedService(services => services.GetRequiredService<SiloProbes>());
        builder.Services.AddHealthChecks()
            .AddReadiness<ClusterConnection>("cluster", cluster => cluster.IsConnected, "connected", "away");
    }
}
