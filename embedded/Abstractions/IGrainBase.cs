using Orleans.Runtime;

namespace Orleans;

/// <summary>What the engine needs of a grain class. Derive from <see cref="Grain"/>, which implements it.</summary>
public interface IGrainBase
{
    /// <summary>The activation that this instance belongs to.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>
    /// Runs once, after the persistent state was read and before the first call. If it throws, the callers get the
    /// exception.
    /// </summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs once, after the last call. Exceptions are logged.</summary>
    /// <param name="reason">Why the activation ends.</param>
    /// <param name="token">Cancelled when the time for an orderly end is over.</param>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
