using System.Data;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>Tables <c>users</c> and <c>user_sessions</c>.</summary>
public sealed class UserStore(Database database, TimeProvider time, IOptions<LoginOptions> options)
{
    private const string UpsertSession =
        """
        INSERT INTO user_sessions (session_id, user_id, family, protocol, signed_in_at, gateway_ids, idle_window, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, family = excluded.family,
            protocol = excluded.protocol, signed_in_at = excluded.signed_in_at, gateway_ids = excluded.gateway_ids,
            idle_window = excluded.idle_window, expires_at = excluded.expires_at
        """;

    private readonly LoginOptions _options = options.Value;

    public async Task<UserRow?> Find(Guid id) => (await database.Query(
        "SELECT kind, name, name_key, email, email_key, password_hash, version FROM users WHERE id = $1",
        row => new UserRow(
            id,
            row.GetString(0) == "guest" ? UserKind.Guest : UserKind.Regular,
            row.GetString(1),
            row.GetString(2),
            Text(row, 3),
            Text(row, 4),
            Text(row, 5),
            row.GetInt32(6)),
        P(id))).SingleOrDefault();

    public async Task<Guid?> FindByName(string nameKey)
    {
        var ids = await database.Query("SELECT id FROM users WHERE name_key = $1", row => row.GetGuid(0), P(nameKey));
        return ids.Count == 0 ? null : ids[0];
    }

    /// <summary>Which of the two is somebody else's already: a cheap look before a password is hashed. No promise.</summary>
    public async Task<Refusal> Taken(Guid id, string nameKey, string emailKey) => (await database.Query(
        """
        SELECT EXISTS (SELECT 1 FROM users WHERE name_key = $2 AND id <> $1),
               EXISTS (SELECT 1 FROM users WHERE email_key = $3 AND id <> $1)
        """,
        row => row.GetBoolean(0) ? Refusal.Username : row.GetBoolean(1) ? Refusal.Email : Refusal.None,
        P(id), P(nameKey), P(emailKey))).Single();

    /// <summary>Adds the user, its first token and its first session: all or nothing.</summary>
    /// <returns>Username or Email when somebody else has it; otherwise None.</returns>
    public async Task<Refusal> Add(UserRow user, IssuedToken token, SessionLocation session)
    {
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection)
        {
            // A batch without a transaction of its own runs in one.
            BatchCommands =
            {
                new(
                    """
                    INSERT INTO users (id, kind, name, name_key, email, email_key, password_hash, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    """)
                {
                    Parameters =
                    {
                        P(user.Id), P(user.Kind == UserKind.Guest ? "guest" : "regular"), P(user.Name), P(user.NameKey),
                        P(user.Email), P(user.EmailKey), P(user.PasswordHash), P(time.GetUtcNow()),
                    },
                },
                TokenStore.Insertion(token, family: token.Id),
                new(UpsertSession),
            },
        };
        batch.BatchCommands[2].Parameters.AddRange(Session(user.Id, token.Id, session));
        return await UnlessTaken(async () => await batch.ExecuteNonQueryAsync());
    }

    /// <summary>Makes a guest a regular user.</summary>
    /// <returns>Username or Email when somebody else has it; otherwise None.</returns>
    /// <exception cref="InconsistentStateException">The row is no longer the one that the grain knows.</exception>
    public Task<Refusal> Upgrade(UserRow user) => UnlessTaken(async () =>
    {
        var changed = await database.Execute(
            """
            UPDATE users SET kind = 'regular', name = $3, name_key = $4, email = $5, email_key = $6, password_hash = $7,
                version = version + 1
            WHERE id = $1 AND version = $2
            """,
            P(user.Id), P(user.Version), P(user.Name), P(user.NameKey), P(user.Email), P(user.EmailKey), P(user.PasswordHash));
        if (changed == 0) throw new InconsistentStateException($"The row of user {user.Id} has changed.");
    });

    /// <summary>Replaces the hash of an unchanged password by a stronger one.</summary>
    public Task Rehash(Guid id, string oldHash, string newHash) => database.Execute(
        "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", P(id), P(oldHash), P(newHash));

    public async Task<bool> IsLocked(Guid id) => (await database.Query(
        "SELECT coalesce(locked_until > $2, false) FROM users WHERE id = $1",
        row => row.GetBoolean(0), P(id), P(time.GetUtcNow()))).SingleOrDefault();

    /// <summary>Counts a wrong password; the one that is too many locks the account.</summary>
    public Task RecordFailure(Guid id)
    {
        var now = time.GetUtcNow();
        return database.Execute(
            """
            UPDATE users SET
                login_failures = CASE WHEN fresh THEN 1 ELSE login_failures + 1 END,
                window_began = CASE WHEN fresh THEN $2 ELSE window_began END,
                locked_until = CASE WHEN (CASE WHEN fresh THEN 1 ELSE login_failures + 1 END) >= $4 THEN $5 ELSE locked_until END
            FROM (SELECT window_began IS NULL OR window_began <= $3 OR login_failures >= $4 AS fresh
                  FROM users WHERE id = $1 FOR UPDATE) AS the_window
            WHERE id = $1
            """,
            P(id), P(now), P(now - _options.Window), P(_options.AccountFailures), P(now + _options.LockDuration));
    }

    /// <summary>The right password was given: forgets the failures.</summary>
    public Task ForgetFailures(Guid id) => database.Execute(
        "UPDATE users SET login_failures = 0, window_began = NULL, locked_until = NULL WHERE id = $1 AND login_failures > 0",
        P(id));

    /// <summary>Notes that a session is logged in, and where it can be reached.</summary>
    public Task PutSession(Guid userId, string family, SessionLocation session) =>
        database.Execute(UpsertSession, Session(userId, family, session));

    /// <summary>Notes where the session is now; false when it is not logged in as the user any more.</summary>
    public async Task<bool> PlaceSession(Guid userId, SessionLocation session) => await database.Execute(
        """
        WITH placed AS (
            UPDATE user_sessions SET gateway_ids = $3, idle_window = $4, expires_at = $5
            WHERE session_id = $1 AND user_id = $2 RETURNING user_id)
        UPDATE users SET last_online = CASE WHEN cardinality($3) = 0 THEN $6 ELSE last_online END
        FROM placed WHERE id = placed.user_id
        """,
        P(session.SessionId), P(userId), P(session.GatewayIds.ToArray()), P(session.IdleWindow), P(ExpiryOf(session)),
        P(time.GetUtcNow())) > 0;

    /// <summary>Removes the sessions of one login and returns them.</summary>
    public Task<List<SessionLocation>> RemoveSessions(Guid userId, string family) => database.Query(
        "DELETE FROM user_sessions WHERE user_id = $1 AND family = $2 RETURNING session_id, protocol, gateway_ids",
        ReadSession, P(userId), P(family));

    public Task RemoveSession(Guid userId, string sessionId) => database.Execute(
        """
        WITH removed AS (DELETE FROM user_sessions WHERE user_id = $1 AND session_id = $2 RETURNING user_id)
        UPDATE users SET last_online = $3 FROM removed WHERE id = removed.user_id
        """,
        P(userId), P(sessionId), P(time.GetUtcNow()));

    /// <summary>Removes the session if its time is over.</summary>
    public async Task<bool> ExpireSession(Guid userId, string sessionId) => await database.Execute(
        "DELETE FROM user_sessions WHERE user_id = $1 AND session_id = $2 AND expires_at <= $3",
        P(userId), P(sessionId), P(time.GetUtcNow())) > 0;

    /// <summary>
    /// The sessions whose time is over. One whose gateways are all dead gets its idle window first, or
    /// <paramref name="grace"/> if that is longer: after the database was away every lease looks dead for a moment, until the
    /// gateways that live have said so.
    /// </summary>
    public async Task<List<string>> FindExpiredSessions(TimeSpan grace)
    {
        var now = time.GetUtcNow();
        await database.Execute(
            """
            UPDATE user_sessions s SET gateway_ids = '{}', expires_at = least(s.expires_at, $1 + greatest(s.idle_window, $2))
            WHERE cardinality(s.gateway_ids) > 0
              AND NOT EXISTS (SELECT 1 FROM gateways g WHERE g.id = ANY (s.gateway_ids) AND g.lease_until > $1)
            """,
            P(now), P(grace));
        return await database.Query(
            "SELECT session_id FROM user_sessions WHERE expires_at <= $1", row => row.GetString(0), P(now));
    }

    /// <summary>Removes expired sessions that a crash left without a state: no grain knows that they are logged in.</summary>
    public Task RemoveExpiredSessionsWithoutState() => database.Execute(
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

    private static SessionLocation ReadSession(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), [.. row.GetFieldValue<string[]>(2)]);

    private NpgsqlParameter[] Session(Guid userId, string family, SessionLocation session) =>
    [
        P(session.SessionId), P(userId), P(family), P(session.Protocol), P(time.GetUtcNow()), P(session.GatewayIds.ToArray()),
        P(session.IdleWindow), P(ExpiryOf(session)),
    ];

    private DateTimeOffset? ExpiryOf(SessionLocation session)
    {
        if (session.GatewayIds.Length > 0) return session.EndsAt;
        var idle = time.GetUtcNow() + session.IdleWindow;
        return session.EndsAt < idle ? session.EndsAt : idle;
    }

    private static async Task<Refusal> UnlessTaken(Func<Task> write)
    {
        try
        {
            await write();
            return Refusal.None;
        }
        catch (PostgresException conflict) when (conflict.ConstraintName == "users_name_key")
        {
            return Refusal.Username;
        }
        catch (PostgresException conflict) when (conflict.ConstraintName == "users_email_key")
        {
            return Refusal.Email;
        }
    }

    private static string? Text(IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
