using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Tokens;

/// <summary>Table <c>tokens</c>.</summary>
public sealed class TokenStore(Database database, TimeProvider time, IOptions<TokenOptions> options)
{
    private const string InsertToken =
        "INSERT INTO tokens (id, user_id, family, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";

    private readonly TokenOptions _options = options.Value;

    /// <summary>A token issued now that is in no table yet. The first of a family lends it its id.</summary>
    public IssuedToken Draft(string id, Guid userId)
    {
        // Whole seconds, because that is all that a JWT says.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        return new IssuedToken(id, userId, now, now + _options.Lifetime);
    }

    /// <summary>Adds a token within somebody's transaction; does nothing when it is there.</summary>
    public static NpgsqlBatchCommand Insertion(IssuedToken token, string family) => new(InsertToken)
    {
        Parameters = { P(token.Id), P(token.UserId), P(family), P(token.IssuedAt), P(token.ExpiresAt) },
    };

    public async Task<IssuedToken> Issue(string id, Guid userId)
    {
        var token = Draft(id, userId);
        var added = await database.Execute(
            InsertToken, P(token.Id), P(token.UserId), P(id), P(token.IssuedAt), P(token.ExpiresAt));
        return added == 1 ? token : (await database.Query(
            "SELECT id, user_id, issued_at, expires_at FROM tokens WHERE id = $1 AND user_id = $2", Read, P(id), P(userId)))
            .Single();
    }

    public async Task<Redemption> Redeem(string id, Guid userId)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.Open();
        await using var transaction = await connection.BeginTransactionAsync();

        string family;
        string? rotatedTo;
        DateTimeOffset? rotatedAt;
        await using (var find = Command(
            connection,
            """
            SELECT family, rotated_to, rotated_at FROM tokens
            WHERE id = $1 AND user_id = $2 AND expires_at > $3 AND revoked_at IS NULL FOR UPDATE
            """,
            P(id), P(userId), P(now)))
        await using (var row = await find.ExecuteReaderAsync())
        {
            if (!await row.ReadAsync()) return new Redemption(RedemptionOutcome.Bad, "", null);
            family = row.GetString(0);
            rotatedTo = row.IsDBNull(1) ? null : row.GetString(1);
            rotatedAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2);
        }

        if (rotatedTo is null)
        {
            var successor = Draft(RandomId.New(), userId);
            await using var rotate = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Insertion(successor, family),
                    new("UPDATE tokens SET rotated_to = $2, rotated_at = $3 WHERE id = $1")
                    {
                        Parameters = { P(id), P(successor.Id), P(now) },
                    },
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

    public async Task<string?> RevokeFamily(string id, Guid userId)
    {
        var family = (await database.Query(
            "SELECT family FROM tokens WHERE id = $1 AND user_id = $2", row => row.GetString(0), P(id), P(userId)))
            .SingleOrDefault();
        if (family is not null)
        {
            await database.Execute(
                "UPDATE tokens SET revoked_at = $2 WHERE family = $1 AND revoked_at IS NULL", P(family), P(time.GetUtcNow()));
        }
        return family;
    }

    private static IssuedToken Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3));
}
