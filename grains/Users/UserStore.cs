using System.Data;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Npgsql;
using Orleans.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>Table <c>users</c>, as far as having an account goes.</summary>
public sealed class UserStore(Database database, SessionRegistry sessions, TimeProvider time)
{
    /// <summary>What <see cref="Read"/> reads; $2 is now.</summary>
    internal const string Columns =
        """
        id, kind, name, name_key, email, email_key, password_hash, version,
        is_banned, is_banned OR coalesce(locked_until > $2, false)
        """;

    private const string AdministratorExists = "SELECT EXISTS (SELECT 1 FROM users WHERE permissions @> ARRAY[$1])";

    private const string InsertUser =
        """
        INSERT INTO users (id, kind, name, name_key, email, email_key, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public async Task<UserRow?> Find(Guid id) => (await database.Query(
        $"SELECT {Columns} FROM users WHERE id = $1", Read, P(id), P(time.GetUtcNow()))).SingleOrDefault();

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
    /// <exception cref="InconsistentStateException">The user is there already.</exception>
    public async Task<Refusal> Add(UserRow user, IssuedToken token, SessionLocation session)
    {
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Statement(InsertUser, Row(user)),
                TokenStore.Insertion(token, family: token.Id, session.Protocol),
                sessions.Insertion(user.Id, token.Id, session),
            },
        };
        return await UnlessTaken(async () => await batch.ExecuteNonQueryAsync());
    }

    /// <summary>Adds a user that is logged in nowhere.</summary>
    /// <returns>UsernameTaken or EmailTaken when somebody else has it; otherwise None.</returns>
    /// <exception cref="InconsistentStateException">The user is there already.</exception>
    public Task<Refusal> Add(UserRow user) => UnlessTaken(() => database.Execute(InsertUser, Row(user)));

    /// <summary>Whether there is an administrator.</summary>
    public async Task<bool> HasAdministrator() => (await database.Query(
        AdministratorExists, row => row.GetBoolean(0), P(Permission.Admin))).Single();

    /// <summary>Which of them are administrators now.</summary>
    public Task<List<Guid>> FindAdministrators(Guid[] ids) => database.Query(
        "SELECT id FROM users WHERE id = ANY ($1) AND permissions @> ARRAY[$2] AND NOT is_banned",
        row => row.GetGuid(0), P(ids), P(Permission.Admin));

    /// <summary>Adds an administrator, with no session, unless there is one.</summary>
    /// <returns>NotAllowed when there is one; otherwise as <see cref="Add(UserRow)"/>.</returns>
    /// <exception cref="InconsistentStateException">The user is there already.</exception>
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

    /// <summary>Deletes the user; the database removes tokens and sessions with it. False when there is no such user.</summary>
    public async Task<bool> Delete(Guid id) => await database.Execute("DELETE FROM users WHERE id = $1", P(id)) > 0;

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
        catch (PostgresException conflict) when (conflict.ConstraintName == "users_pkey")
        {
            throw new InconsistentStateException("The user is there already.", conflict);
        }
    }

    internal static UserRow Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1) == "guest" ? UserKind.Guest : UserKind.Regular,
        row.GetString(2),
        row.GetString(3),
        Text(row, 4),
        Text(row, 5),
        Text(row, 6),
        row.GetInt32(7),
        row.GetBoolean(8),
        row.GetBoolean(9));

    private static string? Text(IDataRecord row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
