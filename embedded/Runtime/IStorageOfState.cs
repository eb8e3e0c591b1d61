namespace Orleans.Core;

/// <inheritdoc/>
public interface IStorage<TState> : IStorage
{
    /// <summary>
    /// The state in memory. Never null after activation: a missing record is an instance made by the parameterless
    /// constructor.
    /// </summary>
    TState State { get; set; }
}
