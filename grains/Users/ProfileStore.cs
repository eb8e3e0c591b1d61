using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Storage;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>Table <c>users</c>, as far as showing users goes.</summary>
public sealed class ProfileStore(Database database, TimeProvider time)
{
    private const string Columns =
        """
        u.id, u.kind, u.name, u.email, u.created_at, u.icon, u.bio, u.status_type, u.status_text,
        u.last_online, u.is_banned, u.is_verified, u.permissions, EXISTS (
            SELECT 1 FROM user_sessions s JOIN gateways g ON g.id = ANY (s.gateway_ids)
            WHERE s.user_id = u.id AND g.lease_until > $1)
        """;

    public async Task<UserDetails?> Find(Guid id) =>
        (await database.Query($"SELECT {Columns} FROM users u WHERE u.id = $2", Read, P(time.GetUtcNow()), P(id))).SingleOrDefault();

    public async Task<UserPage> List(int page, int pageSize)
    {
        var users = await database.Query(
            $"SELECT {Columns} FROM users u ORDER BY u.created_at, u.id LIMIT $2 OFFSET $3",
            Read, P(time.GetUtcNow()), P((long)pageSize), P((page - 1L) * pageSize));
        var total = await database.Query("SELECT count(*) FROM users", row => row.GetInt64(0));
        return new UserPage([.. users], total[0]);
    }

    /// <summary>Users by name, from those whose names begin so, after one of these.</summary>
    public Task<List<UserDetails>> FindByPrefix(string prefix, string after, int limit) => database.Query(
        $"""
        SELECT {Columns} FROM users u
        WHERE name_key COLLATE "C" >= $2 AND name_key COLLATE "C" <= $2 || U&'\+10FFFF' AND name_key COLLATE "C" > $3
        ORDER BY name_key COLLATE "C" LIMIT $4
        """,
        Read, P(time.GetUtcNow()), P(prefix), P(after), P(limit));

    /// <summary>Changes the profile; false when there is no such user.</summary>
    public async Task<bool> Update(Guid id, ProfileEdit edit) => await database.Execute(
        """
        UPDATE users SET
            icon = CASE WHEN $2::text IS NULL THEN icon ELSE nullif($2, '') END,
            bio = CASE WHEN $3::text IS NULL THEN bio ELSE nullif($3, '') END,
            status_type = coalesce($4::smallint, status_type),
            status_text = coalesce($5::text, status_text)
        WHERE id = $1
        """,
        P(id), P(edit.Icon), P(edit.Bio), P((short?)edit.Status), P(edit.StatusText)) > 0;

    private UserDetails Read(NpgsqlDataReader row)
    {
        var isOnline = row.GetBoolean(13);
        return new UserDetails(
            row.GetGuid(0),
            row.GetString(1) == "guest" ? UserKind.Guest : UserKind.Regular,
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetFieldValue<DateTimeOffset>(4),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6),
            isOnline ? (UserStatus)row.GetInt16(7) : UserStatus.Offline,
            row.GetString(8),
            isOnline,
            isOnline ? time.GetUtcNow() : row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            row.GetBoolean(10),
            row.GetBoolean(11),
            [.. row.GetFieldValue<string[]>(12)]);
    }
}
