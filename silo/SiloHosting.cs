using System.Net;
using System.Net.Sockets;
using Gatehouse.Grains;
using Gatehouse.Grains.Storage;
using Gatehouse.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>Hosts the grains in this process.</summary>
public static class SiloHosting
{
    /// <summary>Adds the grains, their settings, the database and Orleans.</summary>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        var connectionString = PostgresConnection.Tuned(builder.Configuration);
        builder.Services.AddSettings<DatabaseOptions>("Gatehouse:Database");
        builder.Services.AddSettings<SiloOptions>("Gatehouse:Silo");
        // Named, because its metrics would otherwise carry the whole connection string.
        builder.Services.AddSingleton(new NpgsqlDataSourceBuilder(connectionString) { Name = "gatehouse" }.Build());
        // First of all hosted services, because the others find their tables there.
        builder.Services.AddHostedService<Schema>();
        builder.Services.AddGrainSettings();
        builder.Services.AddGrainServices();
        builder.Services.AddHealthChecks().AddReadiness<DatabaseMonitor>("database", database => database.IsUp, "up", "away");
        builder.UseOrleans(silo => silo.Configure(builder.Configuration, connectionString));
        return builder;
    }

    private static void Configure(this ISiloBuilder silo, IConfiguration configuration, string connectionString)
    {
        var settings = configuration.GetSection("Gatehouse:Silo").Get<SiloOptions>() ?? new();
        silo.UseLocalhostClustering(
            settings.SiloPort > 0 ? settings.SiloPort : FreePort(),
            settings.GatewayPort > 0 ? settings.GatewayPort : FreePort(),
            serviceId: settings.ServiceId,
            clusterId: settings.ServiceId);
        silo.UseSystemTextJsonGrainStorageSerializer();
        silo.AddAdoNetGrainStorageAsDefault(storage =>
        {
            storage.Invariant = "Npgsql";
            storage.ConnectionString = connectionString;
            storage.DeleteStateOnClear = true;
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
