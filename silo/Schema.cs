using System.Reflection;
using Gatehouse.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Silo;

/// <summary>Applies <c>infra/postgres/*.sql</c> in order of their numbers, before anything else starts.</summary>
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
        }
    }

    public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellation) => Task.CompletedTask;

    private async Task Apply(CancellationToken cancellation)
    {
        var assembly = Assembly.GetExecutingAssembly();
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var exclusive = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection))
        {
            exclusive.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Lock });
            await exclusive.ExecuteNonQueryAsync(cancellation);
        }
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql")).Order())
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await using var command = new NpgsqlCommand(await text.ReadToEndAsync(cancellation), connection);
            await command.ExecuteNonQueryAsync(cancellation);
            LogApplied(name);
        }
        await transaction.CommitAsync(cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Information, "Schema {Name} is in place.")]
    private partial void LogApplied(string name);
}
