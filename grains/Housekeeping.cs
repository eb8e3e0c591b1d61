using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Sessions;
using Gatehouse.Grains.Tokens;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains;

/// <summary>
/// Removes what nobody will come back for: sessions whose time is over, leases of gateways that died, tokens that expired, guests
/// that left, devices that nobody came for. What that is in a table is for its store to say. Any number of processes may do it at once.
/// </summary>
public sealed partial class Housekeeping(
    SessionRegistry sessions,
    GuestStore guests,
    UserOperationStore operations,
    TokenStore tokens,
    GatewayStore gateways,
    WakeStore wakes,
    ClientStore clients,
    ClientSockets sockets,
    Mailbox mailbox,
    ClientPushing pushing,
    RoomMessageStore messages,
    IGrainFactory grains,
    TimeProvider time,
    IOptions<SessionOptions> options,
    ILogger<Housekeeping> logger) : BackgroundService
{
    private const int EndedAtOnce = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Looking at every guest costs more than the rest.</summary>
    private static readonly TimeSpan GuestInterval = TimeSpan.FromHours(1);

    /// <summary>Kept a while after they end, so that a late showing is still recognised as what it is.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    private DateTimeOffset _guestsDue;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                try
                {
                    await Sweep();
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    LogPutOff(failure.Message);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    public async Task Sweep()
    {
        var expired = await sessions.FindExpired(options.Value.ResumeWindow);
        await Parallel.ForEachAsync(
            expired,
            new ParallelOptions { MaxDegreeOfParallelism = EndedAtOnce },
            async (sessionId, _) => await End(sessionId));
        await sessions.RemoveExpiredWithoutState();
        if (expired.Count > 0) LogSwept(expired.Count);

        // A gateway that was only silent brings its connections back at its next renewal.
        if (await sockets.Sweep()) await pushing.NodesChanged();

        var longAgo = time.GetUtcNow() - Grace;
        await sessions.RemoveOrphanedStates(longAgo);
        await gateways.RemoveExpired(longAgo);
        await wakes.RemoveOrphans();
        await tokens.RemoveExpired(longAgo);
        await operations.Sweep();
        await mailbox.Sweep();
        await messages.RemoveExpired();

        if (time.GetUtcNow() < _guestsDue) return;
        await guests.RemoveAbandoned(longAgo);
        await clients.RemoveUnused(longAgo);
        _guestsDue = time.GetUtcNow() + GuestInterval;
    }

    private async Task End(string sessionId)
    {
        try
        {
            await grains.Session(sessionId).Expire();
        }
        catch (Exception failure)
        {
            // One that cannot be ended must not keep the others.
            LogPutOff(failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The time of {Sessions} session(s) was over.")]
    private partial void LogSwept(int sessions);

    [LoggerMessage(LogLevel.Warning, "Housekeeping is put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
