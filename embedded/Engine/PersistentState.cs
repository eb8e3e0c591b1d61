namespace Orleans.Engine;

/// <summary>A piece of persistent state, whatever its type.</summary>
internal abstract class PersistentState
{
    public abstract Task ReadStateAsync(CancellationToken cancellationToken);
}
