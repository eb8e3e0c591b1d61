using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Clients;

/// <summary>Table <c>client_sockets</c>: where clients and nodes can be reached. They are online as long as a gateway says so.</summary>
public sealed class ClientSockets(Database database, TimeProvider time)
{
    /// <summary>For how long it is known whose a connection was that is gone.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Notes where these are, whatever was noted of them before.</summary>
    public Task Put(ImmutableArray<ClientSocket> sockets) => database.Execute(
        """
        INSERT INTO client_sockets (ws_id, kind, client_id, gateway_id, since)
        SELECT ws_id, kind, client_id, gateway_id, $5 FROM unnest($1, $2, $3, $4) AS s (ws_id, kind, client_id, gateway_id)
        ON CONFLICT (ws_id, kind) DO UPDATE SET
            client_id = excluded.client_id, gateway_id = excluded.gateway_id, left_at = NULL
        """,
        P(sockets.Select(socket => socket.WsId).ToArray()),
        P(sockets.Select(socket => ClientStore.Spell(socket.Kind)).ToArray()),
        P(sockets.Select(socket => socket.ClientId).ToArray()),
        P(sockets.Select(socket => socket.GatewayId).ToArray()),
        P(time.GetUtcNow()));

    /// <summary>The connection is gone; true when a node was online by it.</summary>
    public async Task<bool> Leave(string wsId) => (await database.Query(
        "UPDATE client_sockets SET left_at = $2 WHERE ws_id = $1 AND left_at IS NULL RETURNING kind",
        row => row.GetString(0), P(wsId), P(time.GetUtcNow()))).Contains(ClientStore.Spell(ClientKind.Node));

    /// <summary>The connections of gateways that died are gone, and those that went long ago forgotten; true when there were nodes.</summary>
    public async Task<bool> Sweep()
    {
        var now = time.GetUtcNow();
        var kinds = await database.Query(
            """
            UPDATE client_sockets s SET left_at = $1
            WHERE left_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM gateways g WHERE g.id = s.gateway_id AND g.lease_until > $1)
            RETURNING kind
            """,
            row => row.GetString(0), P(now));
        await database.Execute("DELETE FROM client_sockets WHERE left_at < $1", P(now - Memory));
        return kinds.Contains(ClientStore.Spell(ClientKind.Node));
    }

    /// <summary>The connections by which a client or node is online.</summary>
    public Task<List<ClientSocket>> Of(int clientId, ClientKind kind) => database.Query(
        """
        SELECT s.ws_id, s.gateway_id FROM client_sockets s JOIN gateways g ON g.id = s.gateway_id AND g.lease_until > $3
        WHERE s.client_id = $1 AND s.kind = $2 AND s.left_at IS NULL
        """,
        row => new ClientSocket(row.GetString(0), kind, row.GetString(1), clientId),
        P(clientId), P(ClientStore.Spell(kind)), P(time.GetUtcNow()));

    /// <summary>A connection by its id, and whether it is online; null when nobody knows it.</summary>
    public async Task<(ClientSocket Socket, bool IsOnline)?> Find(string wsId, ClientKind kind)
    {
        var found = await database.Query(
            """
            SELECT s.gateway_id, s.client_id, s.left_at IS NULL AND coalesce(g.lease_until > $3, false)
            FROM client_sockets s LEFT JOIN gateways g ON g.id = s.gateway_id
            WHERE s.ws_id = $1 AND s.kind = $2
            """,
            row => (new ClientSocket(wsId, kind, row.GetString(0), row.IsDBNull(1) ? null : row.GetInt32(1)), row.GetBoolean(2)),
            P(wsId), P(ClientStore.Spell(kind)), P(time.GetUtcNow()));
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>The nodes that are online, in the order in which they came, as many as may be.</summary>
    public Task<List<OnlineNode>> OnlineNodes(int limit) => database.Query(
        """
        SELECT c.ipfs_hash, c.id, s.ws_id
        FROM client_sockets s
        JOIN clients c ON c.id = s.client_id
        JOIN gateways g ON g.id = s.gateway_id AND g.lease_until > $1
        WHERE s.kind = 'node' AND s.left_at IS NULL
        ORDER BY s.since, s.ws_id LIMIT $2
        """,
        row => new OnlineNode(row.GetString(0), row.GetInt32(1), row.GetString(2)), P(time.GetUtcNow()), P(limit));
}
