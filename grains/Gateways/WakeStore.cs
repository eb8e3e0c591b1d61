using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Gateways;

/// <summary>Table <c>session_wakes</c>. The database itself adds to it, see <c>006_wakes.sql</c>.</summary>
public sealed class WakeStore([FromKeyedServices(Database.Leases)] Database database)
{
    /// <summary>A gateway's wake-ups after one, in order of their numbers.</summary>
    public async Task<ImmutableArray<SessionWake>> Find(string gatewayId, long after, int limit) => [.. await database.Query(
        "SELECT session_id, number FROM session_wakes WHERE gateway_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        row => new SessionWake(row.GetString(0), row.GetInt64(1)), P(gatewayId), P(after), P(limit))];

    /// <summary>The wake-ups of a user's sessions.</summary>
    public Task<List<(string GatewayId, SessionWake Wake)>> FindOf(Guid userId) => database.Query(
        "SELECT gateway_id, session_id, number FROM session_wakes WHERE user_id = $1",
        row => (row.GetString(0), new SessionWake(row.GetString(1), row.GetInt64(2))), P(userId));

    /// <summary>A gateway has looked after these; what has come since stays.</summary>
    public Task Remove(string gatewayId, ImmutableArray<SessionWake> wakes) => database.Execute(
        """
        DELETE FROM session_wakes w USING unnest($2, $3) AS done (session_id, number)
        WHERE w.gateway_id = $1 AND w.session_id = done.session_id AND w.number <= done.number
        """,
        P(gatewayId), P(wakes.Select(wake => wake.SessionId).ToArray()), P(wakes.Select(wake => wake.Number).ToArray()));

    /// <summary>Removes those of gateways that are gone. Whoever comes back after that looks after all of its sessions.</summary>
    public Task RemoveOrphans() => database.Execute(
        "DELETE FROM session_wakes w WHERE NOT EXISTS (SELECT 1 FROM gateways g WHERE g.id = w.gateway_id)");
}
