using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Operators;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>
/// Tables <c>users</c> and <c>password_resets</c>, as far as operators look after accounts. The database ends the logins of a banned user
/// and writes down who must hear of it.
/// </summary>
public sealed class UserOperationStore(
    Database database, AuditLog audit, TimeProvider time, IOptions<PasswordOptions> options)
{
    private const string EndBans = "UPDATE users SET is_banned = false WHERE is_banned AND banned_until <= $1";

    public Task<OperatorOutcome> Ban(AuditAct act, Guid id, string reason, TimeSpan? duration) => audit.Change(
        act,
        "changed AS (UPDATE users SET is_banned = true, ban_reason = $2, banned_until = $3::timestamptz WHERE id = $1 RETURNING name)",
        [P(id), P(reason), P(time.GetUtcNow() + duration)]);

    public Task<OperatorOutcome> Unban(AuditAct act, Guid id) => audit.Change(
        act, "changed AS (UPDATE users SET is_banned = false WHERE id = $1 RETURNING name)", [P(id)]);

    /// <summary>Ends a user's ban if its time is over; false if it is not.</summary>
    public async Task<bool> EndBan(Guid id) => await database.Execute(EndBans + " AND id = $2", P(time.GetUtcNow()), P(id)) > 0;

    /// <summary>Ends the bans whose time is over, and forgets the codes that nobody has used.</summary>
    public async Task Sweep()
    {
        var now = time.GetUtcNow();
        await database.Execute(EndBans, P(now));
        await database.Execute("DELETE FROM password_resets WHERE expires_at <= $1", P(now));
    }

    public Task<OperatorOutcome> SetPermission(AuditAct act, Guid id, string permission, bool granted) => audit.Change(
        act,
        $"""
        changed AS (
            UPDATE users SET permissions = array_remove(permissions, $2){(granted ? " || $2" : "")} WHERE id = $1 RETURNING name)
        """,
        [P(id), P(permission)]);

    /// <summary>Revokes one login, or all where the id is null.</summary>
    public Task<OperatorOutcome> EndLogins(AuditAct act, Guid id, string? loginId) => audit.Change(
        act,
        """
        revoked AS (
            UPDATE tokens SET revoked_at = $2
            WHERE user_id = $1 AND revoked_at IS NULL AND ($3::text IS NULL OR family = $3) RETURNING family),
        changed AS (SELECT name FROM users WHERE id = $1 AND ($3 IS NULL OR EXISTS (SELECT 1 FROM revoked)))
        """,
        [P(id), P(time.GetUtcNow()), P(loginId)],
        // So that no rotation is under way whose successor this would miss.
        Statement(TokenStore.HoldUser, P(id)));

    /// <summary>Lets a user set another password by a code; NotFound for a guest.</summary>
    public async Task<ResetReply> AllowReset(AuditAct act, Guid id)
    {
        var (code, expiresAt) = (new Secret(RandomId.New()), time.GetUtcNow() + options.Value.ResetLifetime);
        var outcome = await audit.Change(
            act,
            """
            allowed AS (
                INSERT INTO password_resets (user_id, code_hash, expires_at)
                SELECT id, $2, $3 FROM users WHERE id = $1 AND kind = 'regular'
                ON CONFLICT (user_id) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at
                RETURNING user_id),
            changed AS (SELECT name FROM users JOIN allowed ON id = user_id)
            """,
            [P(id), P(Hash(code)), P(expiresAt)]);
        return new ResetReply(outcome, outcome == OperatorOutcome.Done ? code : new Secret(""), expiresAt);
    }

    /// <summary>Whom a code lets set another password; null when nobody.</summary>
    public async Task<Guid?> FindByResetCode(Secret code)
    {
        var found = await database.Query(
            "SELECT user_id FROM password_resets WHERE code_hash = $1 AND expires_at > $2", row => row.GetGuid(0),
            P(Hash(code)), P(time.GetUtcNow()));
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Uses a code up: sets another password and revokes every login; false when it is not good any more.</summary>
    public async Task<bool> ResetPassword(Guid id, Secret code, string passwordHash)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = Command(connection, TokenStore.HoldUser, P(id))) await hold.ExecuteNonQueryAsync();
        await using (var use = Command(
            connection,
            "DELETE FROM password_resets WHERE user_id = $1 AND code_hash = $2 AND expires_at > $3",
            P(id), P(Hash(code)), P(now)))
        {
            if (await use.ExecuteNonQueryAsync() == 0) return false;
        }
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Statement(
                    """
                    UPDATE users SET password_hash = $2, version = version + 1, login_failures = 0, window_began = NULL,
                        locked_until = NULL
                    WHERE id = $1
                    """,
                    P(id), P(passwordHash)),
                Statement("UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL", P(id), P(now)),
            },
        };
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>What operators see of an account besides its profile and its logins; null when there is no such user.</summary>
    public async Task<(string? BanReason, DateTimeOffset? BannedUntil, DateTimeOffset? LockedUntil)?> FindBars(Guid id)
    {
        var found = await database.Query(
            "SELECT ban_reason, banned_until, CASE WHEN locked_until > $2 THEN locked_until END FROM users WHERE id = $1",
            row => (row.IsDBNull(0) ? null : row.GetString(0), When(row, 1), When(row, 2)),
            P(id), P(time.GetUtcNow()));
        return found.Count == 0 ? null : found[0];
    }

    private static byte[] Hash(Secret code) => SHA256.HashData(Encoding.UTF8.GetBytes(code.Value));

    private static DateTimeOffset? When(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
