namespace Orleans.Runtime;

/// <summary>One activation of a grain: the little of Orleans' interface that grains use.</summary>
public interface IGrainContext
{
    /// <summary>The grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object; null before it was made.</summary>
    object? GrainInstance { get; }

    /// <summary>The services of this activation's own scope, which ends with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>
    /// Ends the activation when its running calls are done. Calls that wait go to the next activation.
    /// </summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
