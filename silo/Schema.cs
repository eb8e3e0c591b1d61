using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>
/// Applies <c>infra/postgres/*.sql</c> in order of their numbers, before anything else starts: those that are new or were changed, because
/// applying one locks tables, against which the requests of other processes would fail.
/// </summary>
public sealed partial class Schema(
    NpgsqlDataSource source, TimeProvider time, IOptions<DatabaseOptions> options, ILogger<Schema> logger) : IHostedLifecycleService
{
    /// <summary>Any number that no other program on this database uses for an advisory lock.</summary>
    private const long Lock = 0x6761746568_6F75;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellation)
    {
        var giveUpAt = time.GetUtcNow() + options.Value.StartTimeout;
        while (true)
        {
            try
            {
                await Apply(cancellation);
                return;
            }
            catch (NpgsqlException failure) when (failure.IsTransient && time.GetUtcNow() < giveUpAt)
            {
                LogWaiting(failure.Message);
                await Task.Delay(RetryInterval, time, cancellation);
            }
            catch (NpgsqlException failure)
            {
                throw new StartException($"The database cannot be used: {failure.Message}", failure);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellation) => Task.CompletedTask;

    private async Task Apply(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Execute("SELECT pg_advisory_xact_lock($1)", new NpgsqlParameter<long> { TypedValue = Lock });
        await Execute("CREATE TABLE IF NOT EXISTS schema_files (name text PRIMARY KEY, sha256 text NOT NULL)");
        var applied = new Dictionary<string, string>();
        await using (var known = new NpgsqlCommand("SELECT name, sha256 FROM schema_files", connection))
        await using (var row = await known.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation)) applied.Add(row.GetString(0), row.GetString(1));
        }
        var files = Files();
        if (applied.Keys.Except(files.Keys).Max() is { } newer)
        {
            LogNewer(newer);
            return;
        }
        foreach (var (name, text) in files)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            if (applied.GetValueOrDefault(name) == hash) continue;
            try
            {
                await Execute(text);
            }
            catch (PostgresException failure) when (!failure.IsTransient)
            {
                throw new StartException($"Schema {name} cannot be applied: {failure.Message}", failure);
            }
            await Execute(
                "INSERT INTO schema_files VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256",
                new NpgsqlParameter<string> { TypedValue = name },
                new NpgsqlParameter<string> { TypedValue = hash });
            LogApplied(name);
        }
        await transaction.CommitAsync(cancellation);

        async Task Execute(string sql, params NpgsqlParameter[] parameters)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(parameters);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static SortedDictionary<string, string> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql")))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            files.Add(name, text.ReadToEnd());
        }
        return files;
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Information, "Schema {Name} is in place.")]
    private partial void LogApplied(string name);

    [LoggerMessage(LogLevel.Warning, "The database's schema is newer than this program, which knows nothing of {Name}; it is left as it is.")]
    private partial void LogNewer(string name);
}
