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
        INSERT INTO user_sessions (session_id, user_id, family, gateway_id, signed_in_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (session_id) DO UPDATE SET user_id = excluded.user_id, family = excluded.family,
            gateway_id = excluded.gateway_id, signed_in_at = excluded.signed_in_at
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
                new(UpsertSession)
                {
                    Parameters =
                    {
                        P(session.SessionId), P(user.Id), P(token.Id), P(session.GatewayId), P(time.GetUtcNow()),
                    },
                },
            },
        };
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
    public Task PutSession(Guid userId, string family, SessionLocation session) => database.Execute(
        UpsertSession, P(session.SessionId), P(userId), P(family), P(session.GatewayId), P(time.GetUtcNow()));

    /// <summary>Whether the session is logged in as the user; its gateway is corrected.</summary>
    public async Task<bool> HoldsSession(Guid userId, SessionLocation session)
    {
        var gateways = await database.Query(
            "SELECT gateway_id FROM user_sessions WHERE session_id = $1 AND user_id = $2",
            row => row.GetString(0), P(session.SessionId), P(userId));
        if (gateways.Count == 0) return false;
        return gateways[0] == session.GatewayId || await database.Execute(
            "UPDATE user_sessions SET gateway_id = $3 WHERE session_id = $1 AND user_id = $2",
            P(session.SessionId), P(userId), P(session.GatewayId)) > 0;
    }

    /// <summary>Removes the sessions of one login and returns them.</summary>
    public Task<List<SessionLocation>> RemoveSessions(Guid userId, string family) => database.Query(
        "DELETE FROM user_sessions WHERE user_id = $1 AND family = $2 RETURNING session_id, gateway_id",
        row => new SessionLocation(row.GetString(0), row.GetString(1)), P(userId), P(family));

    public Task RemoveSession(Guid userId, string sessionId) => database.Execute(
        "DELETE FROM user_sessions WHERE user_id = $1 AND session_id = $2", P(userId), P(sessionId));

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
