using Gatehouse.GrainInterfaces.Cluster;
using Gatehouse.Grains.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Cluster;

/// <summary>What the database knows of itself, and of who is here.</summary>
public sealed class DatabaseFigures(Database database, TimeProvider time)
{
    public async Task<DatabaseStatus> Read() => (await database.Query(
        """
        WITH alive AS (SELECT id FROM gateways WHERE lease_until > $1)
        SELECT pg_database_size(current_database()),
            (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
            current_setting('max_connections')::integer,
            (SELECT count(DISTINCT user_id) FROM user_sessions WHERE gateway_ids && ARRAY(SELECT id FROM alive)),
            (SELECT count(*) FROM user_sessions),
            (SELECT count(*) FROM client_sockets WHERE left_at IS NULL AND client_id IS NOT NULL AND gateway_id IN (SELECT id FROM alive))
        """,
        row => new DatabaseStatus(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
        P(time.GetUtcNow()))).Single();
}
