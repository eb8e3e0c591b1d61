using System.Data;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>Table <c>users</c>, as far as logging in goes.</summary>
public sealed class UserStore(
    Database database, SessionRegistry sessions, TimeProvider time, IOptions<LoginOptions> options)
{
    private const string AdministratorExists = "SELECT EXISTS (SELECT 1 FROM users WHERE permissions @> ARRAY[$1])";

    private const string InsertUser =
        """
        INSERT INTO users (id, kind, name, name_key, email, email_key, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private readonly LoginOptions _options = options.Value;

    public async Task<UserRow?> Find(Guid id) => (await database.Query(
        "SELECT kind, name, name_key, email, email_key, password_hash, version, is_banned FROM users WHERE id = $1",
        row => new UserRow(
            id,
            row.GetString(0) == "guest" ? UserKind.Guest : UserKind.Regular,
            row.GetString(1),
            row.GetString(2),
            Text(row, 3),
            Text(row, 4),
            Text(row, 5),
            row.GetInt32(6),
            row.GetBoolean(7)),
        P(id))).SingleOrDefault();

    /// <summary>The user of that name, as somebody typed it; null when there is none.</summary>
    public Task<Guid?> FindByName(string typed) => FindId("SELECT id FROM users WHERE name_key = $1", AccountText.Name(typed));

    /// <summary>The user of that name, if the session is noted as logged in as it.</summary>
    public Task<Guid?> FindByNameAndSession(string typed, string sessionId) => FindId(
        "SELECT u.id FROM users u JOIN user_sessions s ON s.user_id = u.id WHERE u.name_key = $1 AND s.session_id = $2",
        AccountText.Name(typed), P(sessionId));

    /// <summary>The user of that address, as somebody typed it; null when there is none.</summary>
    public Task<Guid?> FindByEmail(string typed) => FindId("SELECT id FROM users WHERE email_key = $1", AccountText.Email(typed));

    /// <summary>Which of the two is somebody else's already: a cheap check before a password is hashed. No promise.</summary>
    public async Task<Refusal> Taken(Guid id, string nameKey, string emailKey) => (await database.Query(
        """
        SELECT EXISTS (SELECT 1 FROM users WHERE name_key = $2 AND id <> $1),
               EXISTS (SELECT 1 FROM users WHERE email_key = $3 AND id <> $1)
        """,
        row => row.GetBoolean(0) ? Refusal.UsernameTaken : row.GetBoolean(1) ? Refusal.EmailTaken : Refusal.None,
        P(id), P(nameKey), P(emailKey))).Single();

    /// <summary>Adds the user, its first token and its first session: all or nothing.</summary>
    /// <returns>UsernameTaken or EmailTaken when somebody else has it; otherwise None.</returns>
    public async Task<Refusal> Add(UserRow user, IssuedToken token, SessionLocation session)
    {
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection)
        {
            // A batch without a transaction of its own runs in one.
            BatchCommands =
            {
                new(InsertUser),
                TokenStore.Insertion(token, family: token.Id, session.Protocol),
                sessions.Insertion(user.Id, token.Id, session),
            },
        };
        batch.BatchCommands[0].Parameters.AddRange(Row(user));
        return await UnlessTaken(async () => await batch.ExecuteNonQueryAsync());
    }

    /// <summary>Adds a user that is logged in nowhere.</summary>
    /// <returns>UsernameTaken or EmailTaken when somebody else has it; otherwise None.</returns>
    public Task<Refusal> Add(UserRow user) => UnlessTaken(() => database.Execute(InsertUser, Row(user)));

    /// <summary>Whether there is an administrator.</summary>
    public async Task<bool> HasAdministrator() => (await database.Query(
        AdministratorExists, row => row.GetBoolean(0), P(Permission.Admin))).Single();

    /// <summary>Adds an administrator, with no session, unless there is one.</summary>
    /// <returns>NotAllowed when there is one; otherwise as <see cref="Add"/>.</returns>
    public async Task<Refusal> AddFirstAdministrator(UserRow user)
    {
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        // Two processes that start at once must not both find none.
        await using (var alone = Command(connection, "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")) await alone.ExecuteNonQueryAsync();
        await using (var find = Command(connection, AdministratorExists, P(Permission.Admin)))
        {
            if ((bool)(await find.ExecuteScalarAsync())!) return Refusal.NotAllowed;
        }
        return await UnlessTaken(async () =>
        {
            await using (var insert = Command(connection, InsertUser, Row(user))) await insert.ExecuteNonQueryAsync();
            await using (var permit = Command(
                connection, "UPDATE users SET permissions = ARRAY[$2] WHERE id = $1", P(user.Id), P(Permission.Admin)))
            {
                await permit.ExecuteNonQueryAsync();
            }
            await transaction.CommitAsync();
        });
    }

    /// <summary>Makes a guest a regular user.</summary>
    /// <returns>UsernameTaken or EmailTaken when somebody else has it; otherwise None.</returns>
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

    /// <summary>Sets another password.</summary>
    public Task SetPassword(Guid id, string hash) => database.Execute(
        "UPDATE users SET password_hash = $2 WHERE id = $1", P(id), P(hash));

    /// <summary>Deletes the user; the database removes tokens and sessions with it.</summary>
    /// <returns>The sessions that ended; null when there is no such user.</returns>
    public async Task<List<SessionLocation>?> Delete(Guid id)
    {
        var ended = await sessions.RemoveAll(id);
        return await database.Execute("DELETE FROM users WHERE id = $1", P(id)) > 0 ? ended : null;
    }

    /// <summary>Removes the guests that nobody can be again: without a password, by a token or a session alone.</summary>
    public Task RemoveAbandonedGuests(DateTimeOffset before) => database.Execute(
        """
        DELETE FROM users u
        WHERE kind = 'guest'
          AND NOT EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_id = u.id)
          AND NOT EXISTS (
            SELECT 1 FROM tokens t
            WHERE t.user_id = u.id AND t.expires_at >= $1 AND (t.revoked_at IS NULL OR t.revoked_at >= $1))
        """,
        P(before));

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

    private async Task<Guid?> FindId(string sql, string? acceptable, params NpgsqlParameter[] further)
    {
        if (acceptable is null) return null;
        var ids = await database.Query(sql, row => row.GetGuid(0), [P(AccountText.Key(acceptable)), .. further]);
        return ids.Count == 0 ? null : ids[0];
    }

    private NpgsqlParameter[] Row(UserRow user) =>
    [
        P(user.Id), P(user.Kind == UserKind.Guest ? "guest" : "regular"), P(user.Name), P(user.NameKey), P(user.Email),
        P(user.EmailKey), P(user.PasswordHash), P(time.GetUtcNow()),
    ];

    private static async Task<Refusal> UnlessTaken(Func<Task> write)
    {
        try
        {
            await write();
            return Refusal.None;
        }
        catch (PostgresException conflict) when (conflict.ConstraintName == "users_name_key")
        {
            return Refusal.UsernameTaken;
        }
        catch (PostgresException conflict) when (conflict.ConstraintName == "users_email_key")
        {
            return Refusal.EmailTaken;
        }
    }

    private static string? Text(IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
