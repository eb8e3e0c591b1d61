using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// Grain state in PostgreSQL, in the rows that Orleans' ADO.NET provider uses: the SQL is what table
/// <c>OrleansQuery</c> holds for it, the version is the ETag, the payload is JSON. Stop one engine, start the other,
/// and it finds everything.
/// </summary>
/// <remarks>
/// The queries key rows by service id, state name and grain key alone, so the hashes that Orleans would pass are zero
/// here.
/// </remarks>
internal sealed class PostgresGrainStorage(NpgsqlDataSource database, string serviceId) : IGrainStorage
{
    private volatile Dictionary<string, string>? _queries;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync("ReadFromStorageKey", stateName, grainId, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = await reader.ReadAsync(cancellationToken);
        var payload = found ? reader["PayloadBinary"] as byte[] : null;
        grainState.State = payload is null ? default : GrainStateJson.Read<T>(payload);
        grainState.ETag = found ? VersionOf(reader["Version"]) : null;
        grainState.RecordExists = payload is not null;
    }

    public async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        // First of all, while still in the grain's turn: later the state may be changing.
        var payload = GrainStateJson.Write(grainState.State);
        var version = VersionParameter(grainState.ETag);
        await using var command = await CommandAsync("WriteToStorageKey", stateName, grainId, cancellationToken);
        command.Parameters.Add(version);
        command.Parameters.AddWithValue("PayloadBinary", NpgsqlDbType.Bytea, payload);
        grainState.ETag = await ExecuteAsync(command, stateName, grainId, grainState.ETag, cancellationToken);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (grainState.ETag is null) await ReadStateAsync(stateName, grainId, grainState, cancellationToken);
        if (grainState.ETag is not null)
        {
            await using var command = await CommandAsync("DeleteStorageKey", stateName, grainId, cancellationToken);
            command.Parameters.Add(VersionParameter(grainState.ETag));
            await ExecuteAsync(command, stateName, grainId, grainState.ETag, cancellationToken);
        }

        grainState.State = default;
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static NpgsqlParameter VersionParameter(string? etag) => new("GrainStateVersion", NpgsqlDbType.Integer)
    {
        Value = etag is null ? DBNull.Value : int.Parse(etag, CultureInfo.InvariantCulture),
    };

    private static string? VersionOf(object? version) =>
        version is null or DBNull ? null : Convert.ToString(version, CultureInfo.InvariantCulture);

    // Orleans would take such a key for a number or a Guid and keep its row under another name.
    private static void CheckKey(string key)
    {
        var first = key.AsSpan(0, key.IndexOf('+') is var plus && plus >= 0 ? plus : key.Length);
        if (long.TryParse(first, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            || Guid.TryParseExact(first, "N", out _))
        {
            throw new ArgumentException($"Grain key \"{key}\" reads as a number; give it a prefix such as \"room/\".");
        }
    }

    private static async Task<string?> ExecuteAsync(
        NpgsqlCommand command, string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken)
    {
        var version = VersionOf(await command.ExecuteScalarAsync(cancellationToken));
        // The row's own version comes back when nothing was written; nothing at all when the row is gone.
        return version is null || version == etag
            ? throw new InconsistentStateException(
                $"State \"{stateName}\" of {grainId} is another in storage.", version, etag)
            : version;
    }

    private async Task<NpgsqlCommand> CommandAsync(
        string key, string stateName, GrainId grainId, CancellationToken cancellationToken)
    {
        CheckKey(grainId.Key);
        var queries = _queries ??= await LoadQueriesAsync(cancellationToken);
        var command = database.CreateCommand(queries[key]);
        command.Parameters.AddWithValue("GrainIdHash", NpgsqlDbType.Integer, 0);
        command.Parameters.AddWithValue("GrainIdN0", NpgsqlDbType.Bigint, 0L);
        command.Parameters.AddWithValue("GrainIdN1", NpgsqlDbType.Bigint, 0L);
        command.Parameters.AddWithValue("GrainTypeHash", NpgsqlDbType.Integer, 0);
        command.Parameters.AddWithValue("GrainTypeString", stateName);
        command.Parameters.AddWithValue("GrainIdExtensionString", grainId.Key);
        command.Parameters.AddWithValue("ServiceId", serviceId);
        return command;
    }

    private async Task<Dictionary<string, string>> LoadQueriesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT QueryKey, QueryText FROM OrleansQuery "
            + "WHERE QueryKey IN ('ReadFromStorageKey', 'WriteToStorageKey', 'DeleteStorageKey')");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var queries = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken)) queries.Add(reader.GetString(0), reader.GetString(1));
        return queries.Count == 3
            ? queries
            : throw new InvalidOperationException("Table OrleansQuery lacks the queries of storage.");
    }
}
