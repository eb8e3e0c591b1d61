using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>The connection string, with what this service wants where the operator has not said otherwise.</summary>
public static class PostgresConnection
{
    /// <summary>Where the connection string is configured.</summary>
    public const string Setting = "ConnectionStrings:Postgres";

    /// <summary>A pool of connections.</summary>
    /// <param name="connectionString">What <see cref="Tuned"/> gave.</param>
    /// <param name="name">Its name in the metrics, which would otherwise carry the whole connection string.</param>
    /// <param name="most">Most connections, if fewer than the connection string says.</param>
    public static NpgsqlDataSource Open(string connectionString, string name, int most = int.MaxValue)
    {
        var source = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        var limits = source.ConnectionStringBuilder;
        limits.MaxPoolSize = Math.Min(limits.MaxPoolSize, most);
        limits.MinPoolSize = Math.Min(limits.MinPoolSize, limits.MaxPoolSize);
        return source.Build();
    }

    public static string Tuned(IConfiguration configuration)
    {
        var given = configuration[Setting];
        if (string.IsNullOrWhiteSpace(given))
        {
            throw new OptionsValidationException(
                Setting,
                typeof(DatabaseOptions),
                [$"{Setting} is not set. Example: Host=localhost;Username=gatehouse;Password=…;Database=gatehouse"]);
        }
        var database = configuration.GetSection("Gatehouse:Database").Get<DatabaseOptions>() ?? new();
        var tuned = new NpgsqlConnectionStringBuilder(given);
        // Prepared statements halve what a small statement costs; the grains use some thirty.
        Default("Max Auto Prepare", () => tuned.MaxAutoPrepare = 60);
        Default("Auto Prepare Min Usages", () => tuned.AutoPrepareMinUsages = 2);
        Default("Maximum Pool Size", () => tuned.MaxPoolSize = database.MaxPoolSize);
        // A request must fail while its client still waits for it.
        Default("Timeout", () => tuned.Timeout = 3);
        Default("Command Timeout", () => tuned.CommandTimeout = 10);
        Default("Application Name", () => tuned.ApplicationName = "gatehouse");
        return tuned.ConnectionString;

        void Default(string keyword, Action set)
        {
            if (!tuned.ContainsKey(keyword) || !given.Contains(keyword, StringComparison.OrdinalIgnoreCase)) set();
        }
    }
}
