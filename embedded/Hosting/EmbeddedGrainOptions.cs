namespace Orleans.Hosting;

/// <summary>Limits of the embedded engine. Checked when the host starts.</summary>
public sealed class EmbeddedGrainOptions
{
    /// <summary>
    /// How long a caller waits for an answer before it gets a <see cref="TimeoutException"/>. Default 30 s.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation stays without a call. Default 15 min.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the engine looks for idle activations. Default 1 min.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long <see cref="Grain.OnDeactivateAsync"/> may take before the activation ends without it. Default 30 s.
    /// </summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Calls that may wait at one activation; further ones fail with <see cref="Runtime.LimitExceededException"/>.
    /// Default 10,000.
    /// </summary>
    public int MaxQueuedCallsPerActivation { get; set; } = 10_000;

    /// <summary>Calls that may wait at one observer. Default 10,000.</summary>
    public int MaxQueuedCallsPerObserver { get; set; } = 10_000;
}
