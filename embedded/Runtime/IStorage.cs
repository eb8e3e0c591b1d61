namespace Orleans.Core;

/// <summary>
/// A grain's state in storage. To be used within the grain's turns only. Overlapping operations run one after the
/// other, and a write that still waits its turn serves all who ask for a write meanwhile; each caller awaits the write
/// that contains its changes.
/// </summary>
public interface IStorage
{
    /// <summary>The version that storage gave at the last read or write; null if there is no record.</summary>
    string? Etag { get; }

    /// <summary>Whether storage held a record at the last operation.</summary>
    bool RecordExists { get; }

    /// <summary>Deletes the record and starts anew with an empty state.</summary>
    /// <exception cref="Storage.InconsistentStateException">Someone else wrote meanwhile.</exception>
    Task ClearStateAsync();

    /// <summary>Writes the state; done when it is durable.</summary>
    /// <exception cref="Storage.InconsistentStateException">
    /// Someone else wrote meanwhile. Let it escape: the activation ends, the next one reads.
    /// </exception>
    Task WriteStateAsync();

    /// <summary>Reads the state anew, replacing what is in memory.</summary>
    Task ReadStateAsync();

    /// <inheritdoc cref="ClearStateAsync()"/>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <inheritdoc cref="WriteStateAsync()"/>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    /// <inheritdoc cref="ReadStateAsync()"/>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}
