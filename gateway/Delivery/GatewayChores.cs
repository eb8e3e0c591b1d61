using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Delivery.Sessions;

namespace Gatehouse.Gateway.Delivery;

/// <summary>What has to be done again and again beside renewing the lease. Each chore has a loop of its own: one that hangs holds up nobody.</summary>
public sealed partial class GatewayChores(
    SessionRevalidation revalidation,
    PendingDetaches detaches,
    LocalDevices devices,
    LocalRooms rooms,
    TimeProvider time,
    ILogger<GatewayChores> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Of what costs more.</summary>
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stopping) => Task.WhenAll(
        Repeat(revalidation.Read, stopping),
        Repeat(revalidation.Retry, stopping),
        Repeat(detaches.Retry, stopping),
        Repeat(devices.Retry, stopping),
        Repeat(devices.FindBehind, stopping),
        Repeat(devices.FindChangedNodes, stopping, LongInterval),
        Repeat(rooms.Renew, stopping));

    private async Task Repeat(Func<Task> chore, CancellationToken stopping, TimeSpan? interval = null)
    {
        string? reason = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await chore().WaitAsync(stopping);
                reason = null;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                if (failure.Message != reason) LogFailed(reason = failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(interval ?? Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The gateway repeats what has failed: {Reason}")]
    private partial void LogFailed(string reason);
}
