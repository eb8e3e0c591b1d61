using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gatehouse.Grains.Storage;

/// <summary>
/// Asks the database again and again, so that requests need not find out one by one that it is away. It has a connection of its own:
/// that all others are in use is load, and no loss.
/// </summary>
public sealed partial class DatabaseMonitor(
    [FromKeyedServices(DatabaseMonitor.Source)] NpgsqlDataSource own,
    NpgsqlDataSource stores,
    IServiceProvider services,
    TimeProvider time,
    ILogger<DatabaseMonitor> logger) : BackgroundService
{
    /// <summary>The key of the data source that nobody else uses; one connection is enough.</summary>
    public const string Source = "monitor";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>While it is away, everybody waits for it.</summary>
    private static readonly TimeSpan ShortInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private volatile CancellationTokenSource _loss = new();

    /// <summary>Whether the last probe succeeded; true before the first.</summary>
    public bool IsUp => !Loss.IsCancellationRequested;

    /// <summary>Cancelled from a probe that failed until one succeeds: nobody need wait for the database meanwhile.</summary>
    public CancellationToken Loss => _loss.Token;

    /// <summary>Asks it now.</summary>
    public async Task<bool> Probe(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            try
            {
                await Ask(patience.Token);
            }
            catch (NpgsqlException) when (IsUp)
            {
                // One connection that was cut is no loss, if the database takes another.
                ClearPools();
                await Ask(patience.Token);
            }
            if (!IsUp)
            {
                LogBack();
                _loss = new();
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            if (IsUp && !cancellation.IsCancellationRequested)
            {
                LogAway(failure.Message);
                ClearPools();
                await _loss.CancelAsync();
            }
        }
        return IsUp;
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                timer.Period = await Probe(stopping) ? Interval : ShortInterval;
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task Ask(CancellationToken cancellation)
    {
        try
        {
            await using var command = own.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellation);
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // It is there, and has no room for one more.
        }
    }

    /// <summary>The pooled connections are as dead as this one; without this each would fail one more request.</summary>
    private void ClearPools()
    {
        stores.Clear();
        foreach (var other in services.GetKeyedServices<NpgsqlDataSource>(KeyedService.AnyKey)) other.Clear();
    }

    [LoggerMessage(LogLevel.Error, "The database is away: {Reason}. Requests fail until it is back.")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "The database is back.")]
    private partial void LogBack();
}
