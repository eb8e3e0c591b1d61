using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace Gatehouse.Hosting;

/// <summary>How the silos and gateways on one database find each other: table <c>OrleansMembershipTable</c>.</summary>
public static class ClusterDatabase
{
    /// <summary>The name by which Orleans knows the driver.</summary>
    public const string Invariant = "Npgsql";

    private const string Source = "clustering";

    /// <summary>A pool of its own, so that busy stores do not make a silo look dead.</summary>
    private const int Connections = 2;

    /// <summary>Seconds. Nobody else waits for these connections: one that is not there soon will not come.</summary>
    private const int Timeout = 3;

    /// <summary>Adds which cluster this process belongs to, and the way to its table.</summary>
    public static void AddCluster(this IHostApplicationBuilder builder)
    {
        var connectionString = PostgresConnection.Tuned(builder.Configuration);
        builder.Services.AddSettings<ClusterSettings>("Gatehouse:Cluster");
        builder.Services.AddKeyedSingleton(
            Source, (_, _) => PostgresConnection.Open(connectionString, "gatehouse-clustering", Connections, Timeout));
        builder.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterSettings>>((cluster, settings) =>
            (cluster.ServiceId, cluster.ClusterId) = (settings.Value.ServiceId, settings.Value.ClusterId));
    }

    /// <summary>The way to the table.</summary>
    public static NpgsqlDataSource GetClusterDatabase(this IServiceProvider services) =>
        services.GetRequiredKeyedService<NpgsqlDataSource>(Source);
}
