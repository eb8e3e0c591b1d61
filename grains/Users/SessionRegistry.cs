using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>Table <c>user_sessions</c>: which sessions are logged in as whom, and where they can be reached.</summary>
public sealed class SessionRegistry(Database database, TimeProvider time)
{
    /// <summary>What follows where sessions are added: one that is there is replaced.</summary>
    internal const string OrReplace =
        """

        ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, family = excluded.family,
            protocol = excluded.protocol, signed_in_at = excluded.signed_in_at, gateway_ids = excluded.gateway_ids,
            idle_window = excluded.idle_window, expires_at = excluded.expires_at
        """;

    private const string Upsert =
        """
        INSERT INTO user_sessions (session_id, user_id, family, protocol, signed_in_at, gateway_ids, idle_window, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """ + OrReplace;

    /// <summary>Notes where the session is now, and what its user is; null when it is not logged in as the user any more.</summary>
    public async Task<LocationReply?> UpdateLocation(Guid userId, SessionLocation session) => (await database.Query(
        """
        WITH owner AS (SELECT id, name, kind FROM users WHERE id = $2 AND NOT is_banned FOR NO KEY UPDATE),
        placed AS (
            UPDATE user_sessions SET gateway_ids = $3, idle_window = $4, expires_at = $5
            FROM owner WHERE session_id = $1 AND user_id = owner.id RETURNING user_id),
        parted AS (
            UPDATE users SET last_online = $6 FROM placed WHERE id = placed.user_id AND cardinality($3) = 0)
        SELECT name, kind FROM owner JOIN placed ON placed.user_id = owner.id
        """,
        row => new LocationReply(row.GetString(0), row.GetString(1) == "guest" ? UserKind.Guest : UserKind.Regular),
        P(session.SessionId), P(userId), P(session.GatewayIds.ToArray()), P(session.IdleWindow), P(ExpiryOf(session)),
        P(time.GetUtcNow()))).SingleOrDefault();

    /// <summary>Whether the session is logged in as the user.</summary>
    public async Task<bool> Contains(Guid userId, string sessionId) => (await database.Query(
        "SELECT EXISTS (SELECT 1 FROM user_sessions WHERE session_id = $1 AND user_id = $2)",
        row => row.GetBoolean(0), P(sessionId), P(userId))).Single();

    /// <summary>The login that the session came from; null when it is not logged in as the user.</summary>
    public async Task<string?> FindLogin(Guid userId, string sessionId) => (await database.Query(
        "SELECT family FROM user_sessions WHERE session_id = $1 AND user_id = $2",
        row => row.GetString(0), P(sessionId), P(userId))).SingleOrDefault();

    /// <summary>Removes one session that has no connection any more, and notes that its user was online until now.</summary>
    public async Task Remove(Guid userId, string sessionId)
    {
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Statement(TokenStore.HoldUser, P(userId)),
                // No gateway has to hear of it.
                Statement("UPDATE user_sessions SET gateway_ids = '{}' WHERE session_id = $2 AND user_id = $1", P(userId), P(sessionId)),
                Statement(
                    """
                    WITH removed AS (DELETE FROM user_sessions WHERE user_id = $1 AND session_id = $2 RETURNING user_id)
                    UPDATE users SET last_online = $3 FROM removed WHERE id = removed.user_id
                    """,
                    P(userId), P(sessionId), P(time.GetUtcNow())),
            },
        };
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Removes the session if its time is over.</summary>
    public async Task<bool> Expire(Guid userId, string sessionId) => await database.Execute(
        "DELETE FROM user_sessions WHERE user_id = $1 AND session_id = $2 AND expires_at <= $3",
        P(userId), P(sessionId), P(time.GetUtcNow())) > 0;

    /// <summary>
    /// The sessions whose time is over. One whose gateways are all dead gets its idle window first, or
    /// <paramref name="grace"/> if that is longer: after the database was away every lease looks dead for a moment, until the
    /// gateways that live have said so.
    /// </summary>
    public async Task<List<string>> FindExpired(TimeSpan grace)
    {
        var now = time.GetUtcNow();
        await database.Execute(
            """
            WITH owners AS (
                SELECT id FROM users u WHERE EXISTS (
                    SELECT 1 FROM user_sessions s WHERE s.user_id = u.id AND cardinality(s.gateway_ids) > 0
                      AND NOT EXISTS (SELECT 1 FROM gateways g WHERE g.id = ANY (s.gateway_ids) AND g.lease_until > $1))
                ORDER BY id FOR NO KEY UPDATE),
            left_behind AS (
                UPDATE user_sessions s
                SET gateway_ids = '{}', expires_at = least(s.expires_at, $1 + greatest(s.idle_window, $2))
                FROM owners
                WHERE s.user_id = owners.id AND cardinality(s.gateway_ids) > 0
                  AND NOT EXISTS (SELECT 1 FROM gateways g WHERE g.id = ANY (s.gateway_ids) AND g.lease_until > $1)
                RETURNING user_id)
            UPDATE users SET last_online = $1 FROM left_behind WHERE id = left_behind.user_id
            """,
            P(now), P(grace));
        return await database.Query(
            "SELECT session_id FROM user_sessions WHERE expires_at <= $1", row => row.GetString(0), P(now));
    }

    /// <summary>Removes expired sessions that a crash left without a state: no grain knows that they are logged in.</summary>
    public Task RemoveExpiredWithoutState() => database.Execute(
        """
        DELETE FROM user_sessions u
        WHERE expires_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM OrleansStorage s
            WHERE s.GrainTypeString = 'session' AND s.GrainIdExtensionString = 'session/' || u.session_id)
        """,
        P(time.GetUtcNow()));

    /// <summary>
    /// Removes the stored state of sessions that have not been logged in since <paramref name="before"/>: revoked while their
    /// client was away for good, or half ended by a crash.
    /// </summary>
    public Task RemoveOrphanedStates(DateTimeOffset before) => database.Execute(
        """
        DELETE FROM OrleansStorage s
        WHERE GrainTypeString = 'session' AND ModifiedOn < $1
          AND NOT EXISTS (SELECT 1 FROM user_sessions u WHERE 'session/' || u.session_id = s.GrainIdExtensionString)
        """,
        P(before));

    /// <summary>Adds or replaces a session within somebody's transaction: it is logged in, and can be reached there.</summary>
    public NpgsqlBatchCommand Insertion(Guid userId, string family, SessionLocation session) => Statement(
        Upsert,
        P(session.SessionId), P(userId), P(family), P(session.Protocol), P(time.GetUtcNow()), P(session.GatewayIds.ToArray()),
        P(session.IdleWindow), P(ExpiryOf(session)));

    /// <summary>When the session's time is over, unless its client does something; null while it has a connection and no end.</summary>
    internal DateTimeOffset? ExpiryOf(SessionLocation session)
    {
        if (session.GatewayIds.Length > 0) return session.EndsAt;
        var idle = time.GetUtcNow() + session.IdleWindow;
        return session.EndsAt < idle ? session.EndsAt : idle;
    }
}
