using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Sessions;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Storage;

/// <summary>
/// Removes what nobody will come back for: sessions whose time is over, leases of gateways that died, tokens that expired, guests
/// that left. Any number of processes may do it at once.
/// </summary>
public sealed partial class Housekeeping(
    Database database,
    SessionRegistry sessions,
    ClientSockets sockets,
    ClientPushing clients,
    IGrainFactory grains,
    TimeProvider time,
    IOptions<SessionOptions> options,
    RoomMessageStore messages,
    IOptions<RoomOptions> rooms,
    ILogger<Housekeeping> logger) : BackgroundService
{
    private const int EndedAtOnce = 16;
    private const int RemovedAtOnce = 10_000;

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
        if (await sockets.Sweep()) await clients.NodesChanged();

        var longAgo = time.GetUtcNow() - Grace;
        await sessions.RemoveOrphanedStates(longAgo);
        await database.Execute("DELETE FROM gateways WHERE lease_until < $1", P(longAgo));
        await database.Execute("DELETE FROM tokens WHERE expires_at < $1", P(longAgo));

        var tooOld = time.GetUtcNow() - rooms.Value.Retention;
        while (await messages.RemoveOlder(tooOld, RemovedAtOnce) == RemovedAtOnce) { }

        if (time.GetUtcNow() < _guestsDue) return;
        await RemoveGuestsThatLeft(longAgo);
        _guestsDue = time.GetUtcNow() + GuestInterval;
    }

    /// <summary>A guest has no password: without a token or a session nobody can be it again.</summary>
    private Task RemoveGuestsThatLeft(DateTimeOffset before) => database.Execute(
        """
        DELETE FROM users u
        WHERE kind = 'guest'
          AND NOT EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_id = u.id)
          AND NOT EXISTS (
            SELECT 1 FROM tokens t
            WHERE t.user_id = u.id AND t.expires_at >= $1 AND (t.revoked_at IS NULL OR t.revoked_at >= $1))
        """,
        P(before));

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
