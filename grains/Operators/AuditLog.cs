using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.Grains.Storage;
using Npgsql;
using static Gatehouse.Grains.Storage.Database;

namespace Gatehouse.Grains.Operators;

/// <summary>Table <c>audit_log</c>, to which only is added; and what is one transaction with an entry.</summary>
public sealed class AuditLog(Database database, TimeProvider time)
{
    private const string Columns = "at, actor_id, actor, address, action, subject, detail";

    /// <summary>Adds an entry for something that is in no table, or nothing that could be done.</summary>
    public Task Add(AuditAct act, OperatorOutcome outcome) => database.Execute(
        $"INSERT INTO audit_log ({Columns}, name, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8)", [.. Row(act), P(Spell(outcome))]);

    /// <summary>Changes something and adds the entry that tells of it, both or neither.</summary>
    /// <param name="act">What the entry tells.</param>
    /// <param name="change">
    /// Common table expressions, of which the last is <c>changed</c>: no row when there was nothing to change, or else the subject's
    /// <c>name</c>. Its own parameters come first.
    /// </param>
    /// <param name="parameters">Those.</param>
    /// <param name="before">Statements that come first in the transaction.</param>
    /// <returns>Done or NotFound.</returns>
    public async Task<OperatorOutcome> Change(
        AuditAct act, string change, NpgsqlParameter[] parameters, params IEnumerable<NpgsqlBatchCommand> before)
    {
        var row = string.Join(", ", Enumerable.Range(parameters.Length + 1, Row(act).Length).Select(number => $"${number}"));
        await using var connection = await database.Open();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in before) batch.BatchCommands.Add(statement);
        batch.BatchCommands.Add(Statement(
            $"""
            WITH {change}
            INSERT INTO audit_log ({Columns}, name, outcome)
            SELECT {row}, coalesce((SELECT name FROM changed LIMIT 1), ''),
                CASE WHEN EXISTS (SELECT 1 FROM changed) THEN 'done' ELSE 'not_found' END
            RETURNING outcome
            """,
            [.. parameters, .. Row(act)]));
        await using var reader = await batch.ExecuteReaderAsync();
        for (var index = 1; index < batch.BatchCommands.Count; index++) await reader.NextResultAsync();
        await reader.ReadAsync();
        return Parse(reader.GetString(0));
    }

    /// <summary>Entries, newest first, and one more than the limit where there are more.</summary>
    public Task<List<AuditEntry>> Read(long? before, string? subject, Guid? actor, int limit)
    {
        // Each combination is a statement of its own, so that each has the index for it.
        var (conditions, parameters) = (new List<string> { "id < $1" }, new List<NpgsqlParameter> { P(before ?? long.MaxValue), P(limit + 1) });
        Only("subject", subject is null ? null : P(subject));
        Only("actor_id", actor is null ? null : P(actor.Value));
        return database.Query(
            $"SELECT id, {Columns}, name, outcome FROM audit_log WHERE {string.Join(" AND ", conditions)} ORDER BY id DESC LIMIT $2",
            ReadEntry,
            [.. parameters]);

        void Only(string column, NpgsqlParameter? value)
        {
            if (value is null) return;
            parameters.Add(value);
            conditions.Add($"{column} = ${parameters.Count}");
        }
    }

    private NpgsqlParameter[] Row(AuditAct act) =>
    [
        P(time.GetUtcNow()), P(act.By.Id), P(act.By.Name), P(act.By.Address), P(act.Action), P(act.Subject), P(act.Detail),
    ];

    private static AuditEntry ReadEntry(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetFieldValue<DateTimeOffset>(1),
        new AuditAct(
            new Operator(row.GetGuid(2), row.GetString(3), row.GetString(4)), row.GetString(5), row.GetString(6), row.GetString(7)),
        row.GetString(8),
        Parse(row.GetString(9)));

    private static string Spell(OperatorOutcome outcome) => outcome switch
    {
        OperatorOutcome.Done => "done",
        OperatorOutcome.NotFound => "not_found",
        _ => "not_allowed",
    };

    private static OperatorOutcome Parse(string text) => text switch
    {
        "done" => OperatorOutcome.Done,
        "not_found" => OperatorOutcome.NotFound,
        _ => OperatorOutcome.NotAllowed,
    };
}
