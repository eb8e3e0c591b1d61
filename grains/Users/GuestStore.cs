using System.Security.Cryptography;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Users;

/// <summary>
/// Table <c>users</c>, as far as guests go. A new one needs no grain: before it is there nobody knows of it, and nobody can be in its way.
/// </summary>
public sealed class GuestStore
{
    private const int MaxAtOnce = 500;

    private readonly Database _database;
    private readonly SessionRegistry _sessions;
    private readonly TokenStore _tokens;
    private readonly TimeProvider _time;
    private readonly Grouping<Guest, bool> _additions;

    public GuestStore(Database database, SessionRegistry sessions, TokenStore tokens, TimeProvider time)
    {
        (_database, _sessions, _tokens, _time) = (database, sessions, tokens, time);
        _additions = new("guests write", MaxAtOnce, Add);
    }

    /// <summary>Makes a guest with a generated name, a first token and session: all or nothing.</summary>
    public async Task<SignIn> Register(SessionLocation session)
    {
        while (true)
        {
            var id = Guid.CreateVersion7();
            var guest = new Guest($"guest-{RandomNumberGenerator.GetHexString(8, lowercase: true)}", _tokens.Draft(id), session);
            if (await _additions.Add(guest)) return new SignIn(id, guest.Name, UserKind.Guest, guest.Token);
        }
    }

    /// <summary>Removes the guests that nobody can be again: without a password, by a token or a session alone.</summary>
    public Task RemoveAbandoned(DateTimeOffset before) => _database.Execute(
        """
        DELETE FROM users u
        WHERE kind = 'guest'
          AND NOT EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_id = u.id)
          AND NOT EXISTS (
            SELECT 1 FROM tokens t
            WHERE t.user_id = u.id AND t.expires_at >= $1 AND (t.revoked_at IS NULL OR t.revoked_at >= $1))
        """,
        P(before));

    /// <summary>Adds those whose names nobody has.</summary>
    /// <returns>For each whether it was added.</returns>
    private async Task<IReadOnlyList<bool>> Add(IReadOnlyList<Guest> guests)
    {
        var now = _time.GetUtcNow();
        var added = (await _database.Query(
            $"""
            WITH wanted AS (
                SELECT * FROM unnest(
                    $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                    $8::text[], $9::text[], $10::text[], $11::interval[], $12::timestamptz[])
                AS wanted (user_id, name, name_key, token, issued_at, expires_at, session, protocol, gateways, idle_window, ends_at)),
            added AS (
                INSERT INTO users (id, kind, name, name_key, created_at)
                SELECT user_id, 'guest', name, name_key, $1 FROM wanted
                ON CONFLICT (name_key) DO NOTHING RETURNING id),
            with_token AS (
                INSERT INTO tokens (id, user_id, family, protocol, issued_at, expires_at)
                SELECT token, user_id, token, protocol, issued_at, expires_at FROM wanted JOIN added ON added.id = user_id),
            with_session AS (
                INSERT INTO user_sessions (session_id, user_id, family, protocol, signed_in_at, gateway_ids, idle_window, expires_at)
                SELECT session, user_id, token, protocol, $1, string_to_array(gateways, E'\n'), idle_window, ends_at
                FROM wanted JOIN added ON added.id = user_id {SessionRegistry.OrReplace})
            SELECT id FROM added
            """,
            row => row.GetGuid(0),
            P(now),
            Each(guest => guest.Token.UserId), Each(guest => guest.Name), Each(guest => AccountText.Key(guest.Name)),
            Each(guest => guest.Token.Id), Each(guest => guest.Token.IssuedAt), Each(guest => guest.Token.ExpiresAt),
            Each(guest => guest.Session.SessionId), Each(guest => guest.Session.Protocol),
            // An array of arrays would have to be as long everywhere.
            Each(guest => string.Join('\n', guest.Session.GatewayIds)),
            Each(guest => guest.Session.IdleWindow), Each(guest => _sessions.ExpiryOf(guest.Session)))).ToHashSet();
        return [.. guests.Select(guest => added.Contains(guest.Token.UserId))];

        NpgsqlParameter Each<T>(Func<Guest, T> field) => P(guests.Select(field).ToArray());
    }

    private sealed record Guest(string Name, IssuedToken Token, SessionLocation Session);
}
