using Gatehouse.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>Hosts the grains in this process, on the engine that it was built for.</summary>
public static partial class SiloHosting
{
    /// <summary>Adds the grains, the database and the engine.</summary>
    public static IHostApplicationBuilder AddSilo(this IHostApplicationBuilder builder)
    {
        var connectionString = PostgresConnection.Tuned(builder.Configuration);
        builder.Services.AddSettings<DatabaseOptions>("Gatehouse:Database");
        builder.Services.AddSettings<SiloOptions>("Gatehouse:Silo");
        // Named, because its metrics would otherwise carry the whole connection string.
        builder.Services.AddSingleton(new NpgsqlDataSourceBuilder(connectionString) { Name = "gatehouse" }.Build());
        // First of all hosted services, because the others find their tables there.
        builder.Services.AddHostedService<Schema>();
        builder.Services.AddGrainServices();
        builder.Services.AddSingleton<SiloHealth>();
        AddEngine(builder, connectionString);
        return builder;
    }

    /// <summary>The engine's name, for logs and health reports.</summary>
    public static partial string Engine { get; }

    static partial void AddEngine(IHostApplicationBuilder builder, string connectionString);
}
