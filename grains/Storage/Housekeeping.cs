using Gatehouse.Grains.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Storage;

/// <summary>
/// Once a minute removes what nobody will come back for: the sessions of gateways that died, their leases, and tokens that
/// expired. Any number of processes may do it at once.
/// </summary>
public sealed partial class Housekeeping(
    Database database, TimeProvider time, IOptions<SessionOptions> options, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Kept a while after they expire, so that a late showing is still recognised as what it is.</summary>
    private static readonly TimeSpan TokenGrace = TimeSpan.FromDays(1);

    /// <summary>
    /// When each dead gateway was first seen dead from here. After the database was away every lease looks old for a moment, so
    /// a lease that ran out is not enough: it must stay so for as long as a session of it could be resumed.
    /// </summary>
    private Dictionary<string, DateTimeOffset> _deadSince = [];

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
                catch (Exception failure) when (failure is NpgsqlException or DatabaseUnavailableException or TimeoutException)
                {
                    LogPutOff(failure.Message);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    public async Task Sweep()
    {
        var now = time.GetUtcNow();
        var dead = await database.Query(
            """
            SELECT DISTINCT s.gateway_id FROM user_sessions s LEFT JOIN gateways g ON g.id = s.gateway_id
            WHERE g.id IS NULL OR g.lease_until < $1
            UNION SELECT id FROM gateways WHERE lease_until < $1
            """,
            row => row.GetString(0), P(now));
        _deadSince = dead.ToDictionary(id => id, id => _deadSince.GetValueOrDefault(id, now));

        var longDead = _deadSince.Where(gateway => now - gateway.Value > options.Value.ResumeWindow).Select(g => g.Key).ToArray();
        if (longDead.Length > 0)
        {
            var abandoned = await database.Execute(
                """
                WITH gone AS (DELETE FROM user_sessions WHERE gateway_id = ANY ($1) RETURNING session_id)
                DELETE FROM OrleansStorage USING gone
                WHERE GrainTypeString = 'session' AND GrainIdExtensionString = 'session/' || gone.session_id
                """,
                P(longDead));
            await database.Execute("DELETE FROM gateways WHERE id = ANY ($1)", P(longDead));
            LogSwept(longDead.Length, abandoned);
        }
        await database.Execute("DELETE FROM tokens WHERE expires_at < $1", P(now - TokenGrace));
    }

    [LoggerMessage(LogLevel.Information, "{Gateways} gateway(s) are gone for good; {Sessions} session(s) of theirs were removed.")]
    private partial void LogSwept(int gateways, int sessions);

    [LoggerMessage(LogLevel.Warning, "Housekeeping is put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
