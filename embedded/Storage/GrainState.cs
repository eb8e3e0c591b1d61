namespace Orleans;

/// <inheritdoc/>
public sealed class GrainState<T> : IGrainState<T>
{
    /// <inheritdoc/>
    public T? State { get; set; }

    /// <inheritdoc/>
    public string? ETag { get; set; }

    /// <inheritdoc/>
    public bool RecordExists { get; set; }
}
