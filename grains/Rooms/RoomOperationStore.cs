using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.Grains.Operators;
using Gatehouse.Grains.Storage;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Rooms;

/// <summary>Table <c>room_messages</c>, as far as operators look after rooms.</summary>
public sealed class RoomOperationStore(Database database, AuditLog audit)
{
    /// <summary>Adds an entry for what is in no table of ours.</summary>
    public Task Log(AuditAct act, OperatorOutcome outcome) => audit.Add(act, outcome);

    /// <summary>Empties a message.</summary>
    public Task<OperatorOutcome> Delete(AuditAct act, string room, long sequence) => audit.Change(
        act,
        "changed AS (UPDATE room_messages SET body = NULL WHERE room = $1 AND sequence = $2 AND body IS NOT NULL RETURNING '' AS name)",
        [P(room), P(sequence)]);

    /// <summary>Removes a room's messages, but for the newest, which is emptied: numbers go on from it.</summary>
    public Task<OperatorOutcome> DeleteAll(AuditAct act, string room) => audit.Change(
        act,
        """
        newest AS (SELECT max(sequence) AS sequence FROM room_messages WHERE room = $1),
        emptied AS (UPDATE room_messages m SET body = NULL FROM newest WHERE m.room = $1 AND m.sequence = newest.sequence),
        removed AS (DELETE FROM room_messages m USING newest WHERE m.room = $1 AND m.sequence < newest.sequence),
        changed AS (SELECT '' AS name)
        """,
        [P(room)]);

    /// <summary>The names of rooms that have messages, each found by one look into the index.</summary>
    public Task<List<string>> FindNames(string prefix, string after, int limit) => database.Query(
        """
        WITH RECURSIVE found AS (
            (SELECT room FROM room_messages WHERE room >= $1 AND room > $2 AND room <= $1 || U&'\+10FFFF' ORDER BY room LIMIT 1)
            UNION ALL
            SELECT (SELECT m.room FROM room_messages m WHERE m.room > found.room AND m.room <= $1 || U&'\+10FFFF' ORDER BY m.room LIMIT 1)
            FROM found WHERE room IS NOT NULL)
        SELECT room FROM found WHERE room IS NOT NULL LIMIT $3
        """,
        row => row.GetString(0), P(prefix), P(after), P(limit));
}
