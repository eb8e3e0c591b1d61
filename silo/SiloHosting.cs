using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using Gatehouse.Grains.Cluster;
using Gatehouse.Grains.Storage;
using Gatehouse.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Gatehouse.Silo;

/// <summary>Hosts the grains in this process.</summary>
public static class SiloHosting
{
    private const string Storage = "storage";

    /// <summary>With those of the stores, the membership and the two below, two processes fit PostgreSQL's default of 100.</summary>
    private const int StorageConnections = 18;

    private const int LeaseConnections = 2;

    /// <summary>Seconds after which a database that takes no connection is away.</summary>
    private const int MonitorTimeout = 3;

    /// <summary>Adds a silo of the cluster on the database: the grains, their settings, the database and Orleans.</summary>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<SiloOptions>("Gatehouse:Silo");
        builder.AddCluster();
        builder.AddGrains();
        builder.UseOrleans(silo =>
        {
            silo.UseClustering();
            if (builder.Configuration.HasDashboard()) silo.AddDashboard(dashboard => dashboard.HideTrace = true);
            if (builder.Configuration.Tls() is { } tls) silo.UseTls(tls);
            silo.DropSilentGateways();
        });
        builder.Services.AddHealthChecks()
            .AddReadiness<ISiloStatusOracle>("silo", oracle => oracle.CurrentStatus == SiloStatus.Active, "active", "not active");
        return builder;
    }

    /// <summary>Adds all that but the way to the other silos, for hosts that have one of their own.</summary>
    public static IHostApplicationBuilder AddGrains(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<DatabaseOptions>("Gatehouse:Database");
        var connectionString = PostgresConnection.Tuned(builder.Configuration);
        builder.Services.AddSingleton(_ => PostgresConnection.Open(connectionString, "gatehouse"));
        builder.Services.AddKeyedSingleton(
            DatabaseMonitor.Source, (_, _) => PostgresConnection.Open(connectionString, "gatehouse-monitor", 1, MonitorTimeout));
        builder.Services.AddKeyedSingleton(
            Database.Leases, (_, _) => PostgresConnection.Open(connectionString, "gatehouse-leases", LeaseConnections));
        // First of all hosted services, because the others find their tables there.
        builder.Services.AddHostedService<Schema>();
        builder.Services.AddGrainSettings();
        builder.Services.AddGrainServices();
        builder.Services.AddHealthChecks().AddReadiness<DatabaseMonitor>("database", database => database.IsUp, "up", "away");
        builder.Services.Configure<ClusterMembershipOptions>(Clustering.SetFailureTimes);
        builder.Services.Configure<SiloMessagingOptions>(calls =>
        {
            // Whoever waits no more says so to whom they called, and hears whether that came too late.
            calls.CancelRequestOnTimeout = true;
            calls.WaitForCancellationAcknowledgement = true;
        });
        // What goes wrong with a statement has to be told in other processes too.
        builder.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Npgsql"));
        builder.UseOrleans(silo =>
        {
            silo.UseGrainStorage(connectionString);
            silo.AddOutgoingGrainCallFilter<LostSiloRetry>();
            silo.AddIncomingGrainCallFilter<LateCalls>();
            // Its filters cost something at each call, so only where somebody is told.
            if (builder.Configuration.HasTraces()) silo.AddActivityPropagation();
        });
        return builder;
    }

    private static ISiloBuilder UseGrainStorage(this ISiloBuilder silo, string connectionString)
    {
        silo.Services.AddKeyedSingleton(Storage, (_, _) => PostgresConnection.Open(connectionString, "gatehouse-storage", StorageConnections));
        silo.UseSystemTextJsonGrainStorageSerializer();
        return silo.AddAdoNetGrainStorageAsDefault(storage => storage.Configure<IServiceProvider>((options, services) =>
        {
            options.Invariant = ClusterDatabase.Invariant;
            options.DataSource = services.GetRequiredKeyedService<NpgsqlDataSource>(Storage);
            options.DeleteStateOnClear = true;
        }));
    }
}
