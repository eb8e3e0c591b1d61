using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>
/// Table <c>users</c>, as far as logging in goes. Whoever lets somebody in holds the user's row in the same transaction, and so does
/// whoever ends logins: the one that comes second sees what the first has done.
/// </summary>
public sealed class LoginStore(
    Database database, SessionRegistry sessions, TimeProvider time, IOptions<LoginOptions> options)
{
    /// <summary>The number of wrong passwords in the window, with one more; $3 is when it may have begun, $4 how many lock.</summary>
    private const string OneMore = "CASE WHEN window_began > $3 AND login_failures < $4 THEN login_failures + 1 ELSE 1 END";

    private readonly LoginOptions _options = options.Value;

    /// <summary>Logs a session in with a new token, and forgets the wrong passwords.</summary>
    /// <param name="version">Of the row that the password was compared with.</param>
    /// <param name="token">The token, as a draft: the first of its family.</param>
    /// <param name="session">The session.</param>
    /// <returns>The user; refused: Username (there is none), Password (it is another one by now), Withheld (banned or locked).</returns>
    public Task<(Refusal Refusal, UserRow? User)> SignIn(int version, IssuedToken token, SessionLocation session) => Enter(
        token.UserId,
        (_, user) => Task.FromResult(
            user.Version != version ? Refusal.Password : user.IsBarred ? Refusal.Withheld : Refusal.None),
        Statement(
            "UPDATE users SET login_failures = 0, window_began = NULL, locked_until = NULL WHERE id = $1 AND login_failures > 0",
            P(token.UserId)),
        TokenStore.Insertion(token, family: token.Id, session.Protocol),
        sessions.Insertion(token.UserId, token.Id, session));

    /// <summary>Logs a session in with a token that is there already.</summary>
    /// <returns>The user; refused: Username (there is none), Token (revoked meanwhile), Withheld (banned).</returns>
    public Task<(Refusal Refusal, UserRow? User)> SignIn(IssuedToken token, string family, SessionLocation session) => Enter(
        token.UserId,
        async (connection, user) =>
        {
            if (user.IsBanned) return Refusal.Withheld;
            await using var find = Command(
                connection, "SELECT id FROM tokens WHERE id = $1 AND revoked_at IS NULL FOR SHARE", P(token.Id));
            await using var row = await find.ExecuteReaderAsync();
            return row.HasRows ? Refusal.None : Refusal.Token;
        },
        sessions.Insertion(token.UserId, family, session));

    /// <summary>Counts a wrong password; the one that is too many locks the account.</summary>
    /// <returns>False when it was locked already: then nobody may know that the password was wrong.</returns>
    public async Task<bool> RecordFailure(Guid id)
    {
        var now = time.GetUtcNow();
        return await database.Execute(
            // One statement, so that those who guess at once are counted one after the other.
            $"""
            UPDATE users SET
                login_failures = {OneMore},
                window_began = CASE WHEN {OneMore} = 1 THEN $2 ELSE window_began END,
                locked_until = CASE WHEN {OneMore} >= $4 THEN $5 ELSE locked_until END
            WHERE id = $1 AND coalesce(locked_until <= $2, true)
            """,
            P(id), P(now), P(now - _options.Window), P(_options.AccountFailures), P(now + _options.LockDuration)) > 0;
    }

    /// <summary>Replaces the hash of an unchanged password by a stronger one.</summary>
    public Task Rehash(UserRow user, string newHash) => database.Execute(
        "UPDATE users SET password_hash = $4 WHERE id = $1 AND version = $2 AND password_hash = $3",
        P(user.Id), P(user.Version), P(user.PasswordHash), P(newHash));

    /// <summary>Sets another password, and revokes every login but that of a token.</summary>
    /// <param name="id">The user.</param>
    /// <param name="version">Of the row that the present password was compared with.</param>
    /// <param name="hash">Of the new one.</param>
    /// <param name="keepTokenId">A token of the login that stays.</param>
    /// <returns>How many logins were revoked; null when the row is another one by now, banned or locked, and nothing was changed.</returns>
    public async Task<int?> SetPassword(Guid id, int version, string hash, string keepTokenId)
    {
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var set = Command(
            connection,
            """
            UPDATE users SET password_hash = $3, version = version + 1, login_failures = 0, window_began = NULL, locked_until = NULL
            WHERE id = $1 AND version = $2 AND NOT is_banned AND coalesce(locked_until <= $4, true)
            """,
            P(id), P(version), P(hash), P(time.GetUtcNow())))
        {
            if (await set.ExecuteNonQueryAsync() == 0) return null;
        }
        var revoked = await RevokeOthers(connection, id, keepTokenId);
        await transaction.CommitAsync();
        return revoked;
    }

    /// <summary>Revokes every login of a user but that of a token; returns how many.</summary>
    public async Task<int> RevokeOthers(Guid id, string keepTokenId)
    {
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = Command(connection, TokenStore.HoldUser, P(id))) await hold.ExecuteNonQueryAsync();
        var revoked = await RevokeOthers(connection, id, keepTokenId);
        await transaction.CommitAsync();
        return revoked;
    }

    // The caller holds the user's row, so no rotation is under way whose successor this would miss.
    private async Task<int> RevokeOthers(NpgsqlConnection connection, Guid id, string keepTokenId)
    {
        await using var revoke = Command(
            connection,
            """
            WITH revoked AS (
                UPDATE tokens SET revoked_at = $3
                WHERE user_id = $1 AND revoked_at IS NULL
                  AND family IS DISTINCT FROM (SELECT family FROM tokens WHERE id = $2 AND user_id = $1)
                RETURNING family)
            SELECT count(DISTINCT family)::integer FROM revoked
            """,
            P(id), P(keepTokenId), P(time.GetUtcNow()));
        return (int)(await revoke.ExecuteScalarAsync())!;
    }

    private async Task<(Refusal, UserRow?)> Enter(
        Guid id, Func<NpgsqlConnection, UserRow, Task<Refusal>> judge, params IEnumerable<NpgsqlBatchCommand> statements)
    {
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        UserRow user;
        await using (var hold = Command(
            connection, $"SELECT {UserStore.Columns} FROM users WHERE id = $1 FOR NO KEY UPDATE", P(id), P(time.GetUtcNow())))
        await using (var row = await hold.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync()) return (Refusal.Username, null);
            user = UserStore.Read(row);
        }
        var refusal = await judge(connection, user);
        if (refusal != Refusal.None) return (refusal, null);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return (Refusal.None, user);
    }
}
