using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// Where grain state is kept. Records are keyed by state name and grain key, as in Orleans' ADO.NET provider.
/// </summary>
public interface IGrainStorage
{
    /// <summary>
    /// Reads into <paramref name="grainState"/>. No record: an empty state, no ETag, <c>RecordExists</c> false.
    /// </summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes, if storage still has the version <c>grainState.ETag</c>, and sets the new ETag.</summary>
    /// <exception cref="InconsistentStateException">It has another.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>
    /// Deletes the record, if storage still has the version <c>grainState.ETag</c>, and empties the state.
    /// </summary>
    /// <exception cref="InconsistentStateException">It has another.</exception>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <inheritdoc cref="ReadStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc cref="WriteStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => WriteStateAsync(stateName, grainId, grainState);

    /// <inheritdoc cref="ClearStateAsync{T}(string, GrainId, IGrainState{T})"/>
    Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
        => ClearStateAsync(stateName, grainId, grainState);
}
