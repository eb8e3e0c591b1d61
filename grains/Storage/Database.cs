using Gatehouse.GrainInterfaces;
using Npgsql;
using NpgsqlTypes;

namespace Gatehouse.Grains.Storage;

/// <summary>The way to PostgreSQL for the grains' own tables. While the monitor says it is away, a request fails at once.</summary>
public sealed class Database(NpgsqlDataSource source, DatabaseMonitor monitor)
{
    /// <summary>The key of the one for leases and wake-ups, and of its data source: whatever waits elsewhere, a heartbeat does not.</summary>
    public const string Leases = "leases";

    /// <summary>Waits for a connection as long as the database is there.</summary>
    /// <exception cref="DatabaseUnavailableException">The database was away at the last probe, or is found to be away meanwhile.</exception>
    public async Task<NpgsqlConnection> Open()
    {
        var loss = monitor.Loss;
        if (loss.IsCancellationRequested) throw new DatabaseUnavailableException();
        var opening = source.OpenConnectionAsync(loss);
        if (opening.IsCompletedSuccessfully) return opening.Result;
        var waiting = opening.AsTask();
        try
        {
            return await waiting.WaitAsync(loss);
        }
        catch (OperationCanceledException) when (loss.IsCancellationRequested)
        {
            // A handshake that stays unanswered does not end by being cancelled.
            _ = Return(waiting);
            throw new DatabaseUnavailableException();
        }
    }

    /// <summary>Runs one statement and returns how many rows it touched.</summary>
    public async Task<int> Execute(string sql, params NpgsqlParameter[] parameters)
    {
        await using var connection = await Open();
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs one query and returns its rows.</summary>
    public async Task<List<T>> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params NpgsqlParameter[] parameters)
    {
        await using var connection = await Open();
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A positional parameter ($1, $2, …), typed by its value.</summary>
    public static NpgsqlParameter P<T>(T value) =>
        value is null ? new NpgsqlParameter { Value = DBNull.Value } : new NpgsqlParameter<T> { TypedValue = value };

    /// <summary>An array of texts that are UTF-8 already.</summary>
    public static NpgsqlParameter Texts(ReadOnlyMemory<byte>[] values) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <summary>A statement of a batch. A batch without a transaction of its own runs in one.</summary>
    public static NpgsqlBatchCommand Statement(string sql, params NpgsqlParameter[] parameters)
    {
        var statement = new NpgsqlBatchCommand(sql);
        statement.Parameters.AddRange(parameters);
        return statement;
    }

    /// <summary>A statement on an open connection.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static async Task Return(Task<NpgsqlConnection> late)
    {
        try
        {
            await (await late).DisposeAsync();
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            // Nobody waits for it any more.
        }
    }
}
