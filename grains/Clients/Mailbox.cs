using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Storage;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Clients;

/// <summary>
/// Tables <c>client_queue</c> and <c>client_requests</c>. Whoever adds to a mailbox holds its owner's row, so ids rise in the order in which rows can be seen, and whoever has
/// seen one has missed none before it: also while a silo that is taken for dead still writes.
/// </summary>
public sealed class Mailbox(Database database, TimeProvider time)
{
    /// <summary>How long a row is known by its <see cref="QueuePost.Request"/>: longer than anybody tries again.</summary>
    private static readonly TimeSpan RequestsKept = TimeSpan.FromHours(1);

    /// <summary>
    /// Adds a row and removes the one that it answers: both or neither.
    /// </summary>
    /// <returns>Full, Row, Recipient (there is none), or None with the new id; and whether a row was answered in a mailbox of more than a page.</returns>
    public async Task<(QueueReply Reply, bool AnswersLongMailbox)> Add(int recipient, QueuePost post, int size, ClientOptions limits)
    {
        try
        {
            return await AddOnce(recipient, post, size, limits);
        }
        catch (PostgresException conflict) when (conflict.ConstraintName == "client_requests_pkey")
        {
            // Another activation of the recipient, on a silo that is taken for dead, was at the same request: now its row is there.
            return await AddOnce(recipient, post, size, limits);
        }
    }

    private async Task<(QueueReply Reply, bool AnswersLongMailbox)> AddOnce(
        int recipient, QueuePost post, int size, ClientOptions limits) => (await database.Query(
        """
        WITH owner AS (SELECT id FROM clients WHERE id = $1 FOR NO KEY UPDATE),
        held AS (
            SELECT count(*) < $6 AND coalesce(sum(size), 0) + $4 <= $7 AS has_room FROM client_queue WHERE recipient = $1),
        known AS (SELECT queue_id FROM client_requests WHERE recipient = $1 AND sender = $2 AND request = $11),
        answered AS (
            DELETE FROM client_queue WHERE queue_id = $8 AND recipient = $2
                AND EXISTS (SELECT 1 FROM owner) AND (SELECT has_room FROM held) AND NOT EXISTS (SELECT 1 FROM known)
            RETURNING queue_id),
        added AS (
            INSERT INTO client_queue (recipient, sender, content, size, created_at)
            SELECT owner.id, $2, $3, $4, $5 FROM owner, held
            WHERE has_room AND ($8 IS NULL OR EXISTS (SELECT 1 FROM answered)) AND NOT EXISTS (SELECT 1 FROM known)
            RETURNING queue_id),
        noted AS (
            INSERT INTO client_requests (recipient, sender, request, queue_id, created_at)
            SELECT $1, $2, $11, queue_id, $5 FROM added WHERE $11 IS NOT NULL)
        SELECT EXISTS (SELECT 1 FROM owner), has_room, coalesce((SELECT queue_id FROM known), (SELECT queue_id FROM added), 0),
            EXISTS (SELECT 1 FROM answered) AND (SELECT sum(size + $9) FROM client_queue WHERE recipient = $2) > $10
        FROM held
        """,
        row => (row switch
        {
            _ when !row.GetBoolean(0) => new QueueReply(ClientRefusal.Recipient),
            _ when row.GetInt64(2) is var queueId and not 0 => new QueueReply(ClientRefusal.None, queueId),
            _ when !row.GetBoolean(1) => new QueueReply(ClientRefusal.Full),
            _ => new QueueReply(ClientRefusal.Row),
        }, row.GetBoolean(3)),
        P(recipient), P(post.Sender), P(post.Content), P(size), P(time.GetUtcNow()), P(limits.MailboxLimit), P(limits.MailboxSize),
        P(post.Answered), P(QueueState.RowOverhead), P(QueueState.PageSize), P(post.Request))).Single();

    /// <summary>Forgets what was asked for long ago.</summary>
    public Task Sweep() =>
        database.Execute("DELETE FROM client_requests WHERE created_at < $1", P(time.GetUtcNow() - RequestsKept));

    /// <summary>Removes a row; true when it was in a mailbox of more than a page.</summary>
    public async Task<bool> Remove(int recipient, long queueId) => (await database.Query(
        """
        WITH removed AS (DELETE FROM client_queue WHERE queue_id = $1 AND recipient = $2 RETURNING queue_id)
        SELECT (SELECT sum(size + $3) FROM client_queue WHERE recipient = $2) > $4 FROM removed
        """,
        row => row.GetBoolean(0), P(queueId), P(recipient), P(QueueState.RowOverhead), P(QueueState.PageSize))).SingleOrDefault();

    public async Task<int?> FindSender(int recipient, long queueId)
    {
        var senders = await database.Query(
            "SELECT sender FROM client_queue WHERE queue_id = $1 AND recipient = $2", row => row.GetInt32(0), P(queueId), P(recipient));
        return senders.Count == 0 ? null : senders[0];
    }

    /// <summary>Of the first page, the rows after one, oldest first, each with the newest connection of its sender if there is one.</summary>
    public async Task<QueueState> Page(int recipient, long after)
    {
        // The mailbox's last row comes in any case: if it is beyond the page, without its content, it says that there is more.
        var rows = await database.Query(
            """
            SELECT q.queue_id, q.sender, CASE WHEN q.total <= $5 THEN q.content END, online.ws_id
            FROM (
                SELECT *, sum(size + $4) OVER (ORDER BY queue_id) AS total, lead(queue_id) OVER (ORDER BY queue_id) AS next
                FROM client_queue WHERE recipient = $1) AS q
            LEFT JOIN LATERAL (
                SELECT s.ws_id FROM client_sockets s JOIN gateways g ON g.id = s.gateway_id AND g.lease_until > $3
                WHERE s.client_id = q.sender AND s.left_at IS NULL ORDER BY s.since DESC LIMIT 1) AS online ON true
            WHERE q.queue_id > $2 AND (q.total <= $5 OR q.next IS NULL)
            ORDER BY q.queue_id
            """,
            row => row.IsDBNull(2) ? null : new QueueRow(
                row.GetInt64(0), row.GetInt32(1), recipient, row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)),
            P(recipient), P(after), P(time.GetUtcNow()), P(QueueState.RowOverhead), P(QueueState.PageSize));
        return new QueueState(ClientRefusal.None, [.. rows.OfType<QueueRow>()], HasMore: rows is [.., null]);
    }

    /// <summary>Of these positions, those after which the first page has rows.</summary>
    public Task<List<MailboxPosition>> FindBehind(ImmutableArray<MailboxPosition> positions) => database.Query(
        """
        SELECT client_id, seen FROM unnest($1, $2) AS position (client_id, seen)
        CROSS JOIN LATERAL (
            SELECT queue_id FROM client_queue WHERE recipient = client_id AND queue_id > seen ORDER BY queue_id LIMIT 1) AS next
        WHERE (SELECT sum(size + $3) FROM client_queue WHERE recipient = client_id AND queue_id <= next.queue_id) <= $4
        """,
        row => new MailboxPosition(row.GetInt32(0), row.GetInt64(1)),
        P(positions.Select(position => position.ClientId).ToArray()),
        P(positions.Select(position => position.Seen).ToArray()),
        P(QueueState.RowOverhead),
        P(QueueState.PageSize));

    /// <summary>The mailboxes that are not empty, in the order of their owners.</summary>
    public Task<List<MailboxSummary>> List(int from, int limit) => database.Query(
        """
        SELECT q.recipient, c.kind, q.rows, q.size, q.oldest_id, q.oldest_at, EXISTS (
            SELECT 1 FROM client_sockets s JOIN gateways g ON g.id = s.gateway_id AND g.lease_until > $3
            WHERE s.client_id = q.recipient AND s.left_at IS NULL)
        FROM (
            SELECT recipient, count(*) AS rows, sum(size) AS size, min(queue_id) AS oldest_id, min(created_at) AS oldest_at
            FROM client_queue WHERE recipient >= $1 GROUP BY recipient ORDER BY recipient LIMIT $2) AS q
        JOIN clients c ON c.id = q.recipient
        ORDER BY q.recipient
        """,
        row => new MailboxSummary(
            row.GetInt32(0),
            row.GetString(1) == "node" ? ClientKind.Node : ClientKind.Client,
            row.GetInt64(2),
            row.GetInt64(3),
            row.GetInt64(4),
            row.GetFieldValue<DateTimeOffset>(5),
            row.GetBoolean(6)),
        P(from), P(limit), P(time.GetUtcNow()));
}
