using System.Collections.Frozen;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Runtime;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Rooms;

/// <summary>
/// Table <c>room_messages</c>. What the rooms of this process want to add while a statement is on its way goes together into
/// the next one, so that one commit serves many.
/// </summary>
public sealed class RoomMessageStore
{
    private const int MaxPerStatement = 2000;
    private const int RemovedAtOnce = 10_000;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly RoomOptions _options;
    private readonly Grouping<Addition, IReadOnlySet<long>> _additions;
    private int _waitingMessages;
    private long _waitingSize;

    public RoomMessageStore(Database database, TimeProvider time, IOptions<RoomOptions> options)
    {
        (_database, _time, _options) = (database, time, options.Value);
        _additions = new("room messages write", MaxPerStatement, Write, addition => addition.Messages.Count);
    }

    /// <summary>Whether so much waits already, here or in the rooms, that no more should be taken.</summary>
    public bool IsFull => Waiting >= _options.MaxWaiting || Volatile.Read(ref _waitingSize) >= _options.MaxWaitingSize;

    /// <summary>How many messages are not committed yet.</summary>
    public int Waiting => Volatile.Read(ref _waitingMessages);

    /// <summary>A room has taken a message, which it will add, or <see cref="Forget"/>.</summary>
    public void Expect(RoomMessage message)
    {
        Interlocked.Increment(ref _waitingMessages);
        Interlocked.Add(ref _waitingSize, message.Size());
    }

    /// <summary>Messages that were expected do not wait any more.</summary>
    public void Forget(IReadOnlyList<RoomMessage> messages)
    {
        Interlocked.Add(ref _waitingMessages, -messages.Count);
        Interlocked.Add(ref _waitingSize, -messages.Sum(message => (long)message.Size()));
    }

    /// <summary>Adds messages of one room that were expected, in their order, and returns when they are committed.</summary>
    /// <returns>The numbers of those that were said before, see <see cref="RoomMessage.Nonce"/>: they are not added.</returns>
    /// <exception cref="PostgresException">Another activation of the room has taken a number.</exception>
    public async Task<IReadOnlySet<long>> Add(string room, IReadOnlyList<RoomMessage> messages)
    {
        try
        {
            return await _additions.Add(new Addition(room, messages));
        }
        finally
        {
            Forget(messages);
        }
    }

    /// <summary>The newest number of a room; 0 when it has no messages.</summary>
    public async Task<long> FindNewest(string room) => (await _database.Query(
        "SELECT coalesce(max(sequence), 0) FROM room_messages WHERE room = $1", row => row.GetInt64(0), P(room))).Single();

    /// <summary>
    /// Messages with numbers after one and up to another, oldest first: of so many bytes, and one more. Deleted ones are left out.
    /// </summary>
    public Task<List<RoomMessage>> Read(string room, long after, long upTo, int limit, int maxBytes) => _database.Query(
        """
        SELECT sequence, sent_at, author, body, level FROM (
            SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence) - octet_length(body) AS ahead FROM (
                SELECT sequence, sent_at, author, body, level FROM room_messages
                WHERE room = $1 AND sequence > $2 AND sequence <= $3 AND body IS NOT NULL ORDER BY sequence LIMIT $4) AS next) AS page
        WHERE ahead <= $5 ORDER BY sequence
        """,
        ReadMessage, P(room), P(after), P(upTo), P(limit), P(maxBytes));

    /// <summary>Messages with numbers before one, newest first: of so many bytes, and one more. Deleted ones are left out.</summary>
    public Task<List<RoomMessage>> ReadBack(string room, long before, int limit, int maxBytes) => _database.Query(
        """
        SELECT sequence, sent_at, author, body, level FROM (
            SELECT *, sum(octet_length(body)) OVER (ORDER BY sequence DESC) - octet_length(body) AS ahead FROM (
                SELECT sequence, sent_at, author, body, level FROM room_messages
                WHERE room = $1 AND sequence < $2 AND body IS NOT NULL ORDER BY sequence DESC LIMIT $3) AS next) AS page
        WHERE ahead <= $4 ORDER BY sequence DESC
        """,
        ReadMessage, P(room), P(before), P(limit), P(maxBytes));

    /// <summary>How many messages have numbers after one and up to another, and of how many bytes; beyond the limit it does not count.</summary>
    public async Task<(long Messages, long Bytes)> Measure(string room, long after, long upTo, int limit) => (await _database.Query(
        """
        SELECT count(*), coalesce(sum(octet_length(body)), 0)::bigint FROM (
            SELECT body FROM room_messages
            WHERE room = $1 AND sequence > $2 AND sequence <= $3 AND body IS NOT NULL ORDER BY sequence LIMIT $4) AS missed
        """,
        row => (row.GetInt64(0), row.GetInt64(1)), P(room), P(after), P(upTo), P(limit))).Single();

    /// <summary>Empties a message; false when there is none.</summary>
    public async Task<bool> Delete(string room, long sequence) => await _database.Execute(
        "UPDATE room_messages SET body = NULL WHERE room = $1 AND sequence = $2 AND body IS NOT NULL", P(room), P(sequence)) > 0;

    /// <summary>Who wrote a message; null when there is none.</summary>
    public async Task<string?> FindAuthor(string room, long sequence) => (await _database.Query(
        "SELECT author FROM room_messages WHERE room = $1 AND sequence = $2 AND body IS NOT NULL", row => row.GetString(0),
        P(room), P(sequence))).SingleOrDefault();

    /// <summary>
    /// Removes the messages that were kept long enough; the newest of each room stays, because numbers go on from it.
    /// </summary>
    public async Task RemoveExpired()
    {
        var before = _time.GetUtcNow() - _options.Retention;
        while (await RemoveOlder(before) == RemovedAtOnce) { }
    }

    /// <returns>For each what <see cref="Add"/> returns.</returns>
    private async Task<IReadOnlyList<IReadOnlySet<long>>> Write(IReadOnlyList<Addition> additions)
    {
        var messages = additions.Sum(addition => addition.Messages.Count);
        var added = await Insert(additions) < messages ? await FindAdded(additions) : null;
        return [.. additions.Select(NotAdded)];

        IReadOnlySet<long> NotAdded(Addition addition) => added is null
            ? FrozenSet<long>.Empty
            : addition.Messages.Select(one => one.Sequence).Where(sequence => !added.Contains((addition.Room, sequence))).ToHashSet();
    }

    private Task<int> Insert(IReadOnlyList<Addition> additions)
    {
        var count = additions.Sum(addition => addition.Messages.Count);
        var (rooms, sequences, times) = (new string[count], new long[count], new DateTimeOffset[count]);
        var (authors, bodies, levels, nonces) = (new string[count], new ReadOnlyMemory<byte>[count], new short[count], new string?[count]);
        var index = 0;
        foreach (var addition in additions)
        {
            foreach (var message in addition.Messages)
            {
                (rooms[index], sequences[index], times[index]) = (addition.Room, message.Sequence, message.At);
                (authors[index], bodies[index], levels[index], nonces[index]) = (message.Author, message.Body, (short)message.Level, message.Nonce);
                index++;
            }
        }
        return _database.Execute(
            """
            INSERT INTO room_messages (room, sequence, sent_at, author, body, level, nonce)
            SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::smallint[], $7::text[])
            ON CONFLICT (room, author, nonce) WHERE nonce IS NOT NULL DO NOTHING
            """,
            P(rooms), P(sequences), P(times), P(authors), Texts(bodies), P(levels), P(nonces));
    }

    private async Task<HashSet<(string Room, long Sequence)>> FindAdded(IReadOnlyList<Addition> additions)
    {
        var all = additions.SelectMany(addition => addition.Messages.Select(message => (addition.Room, message.Sequence))).ToList();
        return [.. await _database.Query(
            """
            SELECT room, sequence FROM room_messages
            JOIN unnest($1::text[], $2::bigint[]) AS those (room, sequence) USING (room, sequence)
            """,
            row => (row.GetString(0), row.GetInt64(1)),
            P(all.Select(one => one.Room).ToArray()), P(all.Select(one => one.Sequence).ToArray()))];
    }

    private Task<int> RemoveOlder(DateTimeOffset before) => _database.Execute(
        """
        DELETE FROM room_messages WHERE (room, sequence) IN (
            SELECT room, sequence FROM room_messages old
            WHERE sent_at < $1 AND EXISTS (
                SELECT 1 FROM room_messages later WHERE later.room = old.room AND later.sequence > old.sequence)
            LIMIT $2)
        """,
        P(before), P(RemovedAtOnce));

    private static RoomMessage ReadMessage(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetFieldValue<byte[]>(3),
            (RoomLevel)row.GetInt16(4));

    private sealed record Addition(string Room, IReadOnlyList<RoomMessage> Messages);
}
