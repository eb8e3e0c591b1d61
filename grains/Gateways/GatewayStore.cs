using Gatehouse.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Gateways;

/// <summary>Table <c>gateways</c>: until when each gateway process counts as alive.</summary>
public sealed class GatewayStore([FromKeyedServices(Database.Leases)] Database database, TimeProvider time)
{
    /// <summary>Takes or renews a lease; true when it held until now.</summary>
    public async Task<bool> Renew(string id, DateTimeOffset until) => (await database.Query(
        """
        WITH former AS (SELECT lease_until > $3 AS held FROM gateways WHERE id = $1)
        INSERT INTO gateways (id, lease_until) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
        RETURNING coalesce((SELECT held FROM former), false)
        """,
        row => row.GetBoolean(0), P(id), P(until), P(time.GetUtcNow()))).Single();

    /// <summary>Ends a lease.</summary>
    public Task Remove(string id) => database.Execute("DELETE FROM gateways WHERE id = $1", P(id));

    /// <summary>The gateways that live.</summary>
    public Task<List<string>> FindAlive() =>
        database.Query("SELECT id FROM gateways WHERE lease_until > $1", row => row.GetString(0), P(time.GetUtcNow()));

    /// <summary>The gateways that live, and until when their leases hold.</summary>
    public Task<List<(string Id, DateTimeOffset Until)>> FindLeases() => database.Query(
        "SELECT id, lease_until FROM gateways WHERE lease_until > $1 ORDER BY id",
        row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), P(time.GetUtcNow()));

    /// <summary>Forgets the gateways whose lease ended before.</summary>
    public Task RemoveExpired(DateTimeOffset before) =>
        database.Execute("DELETE FROM gateways WHERE lease_until < $1", P(before));
}
