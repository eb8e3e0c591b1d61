using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gatehouse.Grains.Storage;

/// <summary>Asks the database once a second, so that requests need not find out one by one that it is away.</summary>
public sealed partial class DatabaseMonitor(NpgsqlDataSource source, TimeProvider time, ILogger<DatabaseMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private volatile bool _isUp = true;

    /// <summary>Whether the last probe succeeded; true before the first.</summary>
    public bool IsUp => _isUp;

    /// <summary>Asks it now.</summary>
    public async Task<bool> Probe(CancellationToken cancellation)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Patience);
            await using var command = source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(patience.Token);
            if (!_isUp) LogBack();
            _isUp = true;
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            if (cancellation.IsCancellationRequested) return _isUp;
            if (_isUp)
            {
                LogAway(failure.Message);
                // The pooled connections are as dead as this one; without this each would fail one more request.
                source.Clear();
                NpgsqlConnection.ClearAllPools();
            }
            _isUp = false;
        }
        return _isUp;
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await Probe(stopping);
        }
        catch (OperationCanceledException) { }
    }

    [LoggerMessage(LogLevel.Error, "The database is away: {Reason}. Requests fail until it is back.")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "The database is back.")]
    private partial void LogBack();
}
