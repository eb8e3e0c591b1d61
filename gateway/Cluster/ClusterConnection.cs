using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Gateway.Cluster;

/// <summary>This process's connection to the silos: made in the background, for as long as it takes, and watched from then on.</summary>
internal sealed partial class ClusterConnection(
    IServiceProvider services, SiloProbes probes, IOptions<ClusterSettings> settings, TimeProvider time, ILogger<ClusterConnection> logger)
    : IHostedService, IClusterConnectionStatusObserver, IClientConnectionRetryFilter
{
    /// <summary>The key of Orleans' own service, which this one starts and stops.</summary>
    internal const string Client = "cluster client";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Until nothing is sent to a silo that was lost.</summary>
    private static readonly TimeSpan Confusion = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private CancellationTokenSource _loss = new();
    private volatile bool _hasStarted;
    private volatile int _silos;
    private string? _reason;

    /// <summary>Whether a silo can be reached.</summary>
    public bool IsConnected => _hasStarted && _silos > 0;

    /// <summary>Cancelled when a silo was lost, and with it perhaps what is under way.</summary>
    public CancellationToken Loss => Volatile.Read(ref _loss).Token;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting.WaitAsync(cancellationToken);
        if (_hasStarted) await services.GetRequiredKeyedService<IHostedService>(Client).StopAsync(cancellationToken);
    }

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        // Once for each reason, not each second.
        var reason = exception is SiloUnavailableException ? "none is active" : exception.Message.ReplaceLineEndings(" ");
        if (reason != _reason) LogAway(settings.Value.ClusterId, _reason = reason);
        await Task.Delay(RetryInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        _silos = currentNumberOfGateways;
        if (!_hasStarted || _stopping.IsCancellationRequested) return;
        LogSilos(currentNumberOfGateways);
        if (currentNumberOfGateways < previousNumberOfGateways) SiloWasLost();
    }

    public void NotifyClusterConnectionLost()
    {
        if (_hasStarted && !_stopping.IsCancellationRequested) LogLost();
    }

    /// <summary>A silo is gone: a connection to it has ended, or the table says so.</summary>
    internal void SiloWasLost()
    {
        if (_hasStarted && !_stopping.IsCancellationRequested) _ = OnSiloLost();
    }

    private async Task Start()
    {
        try
        {
            await services.GetRequiredKeyedService<IHostedService>(Client).StartAsync(_stopping.Token);
            _hasStarted = true;
            LogConnected(settings.Value.ClusterId);
        }
        catch (Exception failure)
        {
            if (!_stopping.IsCancellationRequested) LogFailed(failure);
        }
    }

    private async Task OnSiloLost()
    {
        await Task.Delay(Confusion, time);
        // While a line has just been given up, its silo still answers by it.
        await probes.SilosHaveNoticed;
        await Interlocked.Exchange(ref _loss, new()).CancelAsync();
        // Rooms that lived there do not know who is in them.
        services.GetRequiredService<LocalRooms>().RequireRenewal();
        // And that it was about to tell of nodes nobody else knows.
        await services.GetRequiredService<LocalDevices>().NodesChanged();
    }

    [LoggerMessage(LogLevel.Warning, "No silo of cluster {Cluster} can be reached; it is tried again each second: {Reason}")]
    private partial void LogAway(string cluster, string reason);

    [LoggerMessage(LogLevel.Information, "Connected to cluster {Cluster}.")]
    private partial void LogConnected(string cluster);

    [LoggerMessage(LogLevel.Critical, "The client of the cluster does not start; this process never becomes ready.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(LogLevel.Information, "Silos connected: {Count}.")]
    private partial void LogSilos(int count);

    [LoggerMessage(LogLevel.Warning, "The last silo was lost; requests fail until there is one.")]
    private partial void LogLost();
}
