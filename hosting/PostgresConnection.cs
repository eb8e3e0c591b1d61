using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Hosting;

/// <summary>The connection string, with what this service wants where the operator has not said otherwise.</summary>
public static class PostgresConnection
{
    /// <summary>Where the connection string is configured.</summary>
    public const string Setting = "ConnectionStrings:Postgres";

    /// <summary>A pool of connections.</summary>
    /// <param name="connectionString">What <see cref="Tuned"/> gave.</param>
    /// <param name="name">Its name in the metrics, which would otherwise carry the whole connection string.</param>
    /// <param name="most">Most connections, if fewer than the connection string says.</param>
    /// <param name="timeout">How many seconds to wait for one, if fewer than the connection string says.</param>
    public static NpgsqlDataSource Open(string connectionString, string name, int most = int.MaxValue, int timeout = int.MaxValue)
    {
        var source = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        var limits = source.ConnectionStringBuilder;
        limits.MaxPoolSize = Math.Min(limits.MaxPoolSize, most);
        limits.Timeout = Math.Min(limits.Timeout, timeout);
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
        // Whoever waits because all connections are in use gets one when the statements on them have given up, and a request fails
        // while its client still waits for it. That the database is away is the monitor's to say, within a few seconds.
        Default("Timeout", () => tuned.Timeout = 15);
        Default("Command Timeout", () => tuned.CommandTimeout = 10);
        Default("Application Name", () => tuned.ApplicationName = "gatehouse");
        return tuned.ConnectionString;

        void Default(string keyword, Action set)
        {
            if (!tuned.ContainsKey(keyword) || !given.Contains(keyword, StringComparison.OrdinalIgnoreCase)) set();
        }
    }
}
