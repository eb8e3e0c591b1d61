using Gatehouse.GrainInterfaces;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Grains.Gateways;

/// <summary>
/// Wakes the gateways that hold sessions of a user. Nothing depends on it: the wake-ups are stored, and a gateway reads them when it
/// renews its lease. This is only the fast way.
/// </summary>
public sealed partial class SessionWaking(IGrainFactory grains, WakeStore wakes, ILogger<SessionWaking> logger)
{
    /// <summary>The way to a gateway whose process is dead takes longer than a caller should wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Wakes each gateway once, for all that is stored for a user. Never throws.</summary>
    public async Task Wake(Guid userId)
    {
        try
        {
            await Task.WhenAll((await wakes.FindOf(userId))
                .GroupBy(stored => stored.GatewayId, stored => stored.Wake)
                .Select(gateway => grains.Gateway(gateway.Key).SessionsChanged([.. gateway]))).WaitAsync(Patience);
        }
        catch (Exception failure)
        {
            // That one takes long is no fault: it may be on its way to another silo, or its process gone.
            LogFailed(failure is TimeoutException ? LogLevel.Information : LogLevel.Warning, failure.Message);
        }
    }

    [LoggerMessage("A gateway was not woken at once, and will find out when it renews its lease: {Reason}")]
    private partial void LogFailed(LogLevel level, string reason);
}
