using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// Grain state in this process' memory, gone with it; for tests. It goes through JSON, as in the database.
/// </summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, string Key), Row> _rows = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = _rows.GetValueOrDefault((stateName, grainId.Key));
        grainState.State = row is null ? default : GrainStateJson.Read<T>(row.Json);
        grainState.ETag = row?.ETag;
        grainState.RecordExists = row is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId.Key);
        var stored = Check(key, grainState.ETag);
        var next = new Row(GrainStateJson.Write(grainState.State), (stored?.Version ?? 0) + 1);
        var written = stored is null ? _rows.TryAdd(key, next) : _rows.TryUpdate(key, next, stored);
        if (!written) throw Conflict(key, grainState.ETag);
        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId.Key);
        if (Check(key, grainState.ETag) is { } stored && !_rows.TryRemove(KeyValuePair.Create(key, stored)))
        {
            throw Conflict(key, grainState.ETag);
        }

        grainState.State = default;
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private Row? Check((string State, string Key) key, string? etag)
    {
        var stored = _rows.GetValueOrDefault(key);
        return stored?.ETag == etag ? stored : throw Conflict(key, etag);
    }

    private InconsistentStateException Conflict((string State, string Key) key, string? etag) =>
        new($"State \"{key.State}\" of {key.Key} is another in storage.", _rows.GetValueOrDefault(key)?.ETag, etag);

    private sealed class Row(byte[] json, int version)
    {
        public byte[] Json => json;

        public int Version => version;

        public string ETag { get; } = version.ToString(CultureInfo.InvariantCulture);
    }
}
