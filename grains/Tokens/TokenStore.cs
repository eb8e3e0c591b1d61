using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Tokens;

/// <summary>Table <c>tokens</c>.</summary>
public sealed class TokenStore(Database database, TimeProvider time, IOptions<TokenOptions> options)
{
    private const string InsertToken =
        """
        INSERT INTO tokens (id, user_id, family, protocol, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>The family of token $1 of user $2. A family is named after its first token, which may be forgotten.</summary>
    private const string FamilyOf = "coalesce((SELECT family FROM tokens WHERE id = $1 AND user_id = $2), $1)";

    /// <summary>
    /// Holds a user's row until the transaction's end: who rotates a token and who revokes logins do so first, one after the other. No
    /// rotation is under way then whose successor a revocation would not see.
    /// </summary>
    internal const string HoldUser = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private readonly TokenOptions _options = options.Value;

    /// <summary>A token issued now that is in no table yet. The first of a family lends it its id.</summary>
    public IssuedToken Draft(Guid userId)
    {
        // Whole seconds, because that is all that a JWT says.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        return new IssuedToken(RandomId.New(), userId, now, now + _options.Lifetime);
    }

    /// <summary>Adds a token within somebody's transaction; does nothing when it is there.</summary>
    public static NpgsqlBatchCommand Insertion(IssuedToken token, string family, string protocol) => Statement(
        InsertToken, P(token.Id), P(token.UserId), P(family), P(protocol), P(token.IssuedAt), P(token.ExpiresAt));

    public async Task<Redemption> Redeem(string id, Guid userId)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();

        await using (var hold = Command(connection, HoldUser, P(userId))) await hold.ExecuteNonQueryAsync();
        string family, protocol;
        string? rotatedTo;
        DateTimeOffset? rotatedAt;
        await using (var find = Command(
            connection,
            """
            SELECT family, rotated_to, rotated_at, protocol FROM tokens
            WHERE id = $1 AND user_id = $2 AND expires_at > $3 AND revoked_at IS NULL FOR UPDATE
            """,
            P(id), P(userId), P(now)))
        await using (var row = await find.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync()) return new Redemption(RedemptionOutcome.Bad, "", null);
            family = row.GetString(0);
            rotatedTo = row.IsDBNull(1) ? null : row.GetString(1);
            rotatedAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2);
            protocol = row.GetString(3);
        }

        if (rotatedTo is null)
        {
            var successor = Draft(userId);
            await using var rotate = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Insertion(successor, family, protocol),
                    Statement("UPDATE tokens SET rotated_to = $2, rotated_at = $3 WHERE id = $1", P(id), P(successor.Id), P(now)),
                },
            };
            await rotate.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
            return new Redemption(RedemptionOutcome.Good, family, successor);
        }

        if (now - rotatedAt > _options.RotationOverlap) return new Redemption(RedemptionOutcome.Reused, family, null);

        await using var follow = Command(
            connection,
            """
            WITH RECURSIVE successor AS (
                SELECT * FROM tokens WHERE id = $1
                UNION ALL
                SELECT next.* FROM tokens next JOIN successor ON next.id = successor.rotated_to)
            SELECT id, user_id, issued_at, expires_at FROM successor WHERE rotated_to IS NULL
            """,
            P(rotatedTo));
        await using var newest = await follow.ExecuteReaderAsync();
        return await newest.ReadAsync()
            ? new Redemption(RedemptionOutcome.Good, family, Read(newest))
            : new Redemption(RedemptionOutcome.Bad, "", null);
    }

    public async Task<bool> RevokeFamily(string id, Guid userId)
    {
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Statement(HoldUser, P(userId)),
                // The database ends the sessions that came from them.
                Statement(
                    $"UPDATE tokens SET revoked_at = $3 WHERE user_id = $2 AND family = {FamilyOf} AND revoked_at IS NULL",
                    P(id), P(userId), P(time.GetUtcNow())),
            },
        };
        return await batch.ExecuteNonQueryAsync() > 0;
    }

    /// <summary>The user's logins that can still be used, newest first.</summary>
    public Task<List<Login>> FindLogins(Guid userId) => database.Query(
        """
        SELECT t.family, max(t.protocol), min(t.issued_at), max(t.issued_at), EXISTS (
            SELECT 1 FROM user_sessions s JOIN gateways g ON g.id = ANY (s.gateway_ids)
            WHERE s.family = t.family AND g.lease_until > $2)
        FROM tokens t
        WHERE t.user_id = $1 AND t.revoked_at IS NULL
        GROUP BY t.family HAVING max(t.expires_at) > $2
        ORDER BY 4 DESC, 1
        """,
        row => new Login(
            row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3),
            row.GetBoolean(4)),
        P(userId), P(time.GetUtcNow()));

    /// <summary>Forgets the tokens that expired before.</summary>
    public Task RemoveExpired(DateTimeOffset before) =>
        database.Execute("DELETE FROM tokens WHERE expires_at < $1", P(before));

    private static IssuedToken Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3));
}
