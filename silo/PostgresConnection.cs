using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>The connection string, with what this service wants where the operator has not said otherwise.</summary>
public static class PostgresConnection
{
    /// <summary>Where the connection string is configured.</summary>
    public const string Setting = "ConnectionStrings:Postgres";

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
