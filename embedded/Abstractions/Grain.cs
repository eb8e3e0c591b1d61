using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of grain classes. One instance per key at a time; its calls run in turns, never two at once. Code that
/// leaves the turn (<c>Task.Run</c>, <c>ConfigureAwait(false)</c>) must not touch the instance.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>
    /// Called by the engine. An instance made by hand, in a unit test, has no context and no factory.
    /// </summary>
    protected Grain() => GrainContext = Engine.Activation.Current!;

    /// <inheritdoc/>
    public IGrainContext GrainContext { get; }

    /// <summary><c>type/key</c>.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Engine.References;

    /// <summary>The services of this activation's own scope.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    private Engine.Activation Activation => GrainContext as Engine.Activation
        ?? throw new InvalidOperationException($"{GetType()} was not made by the grain engine.");

    /// <summary>
    /// Ends this activation when its running calls are done. Calls that wait go to the next activation.
    /// </summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>
    /// Keeps this activation for at least that long: zero takes an earlier promise back,
    /// <see cref="Timeout.InfiniteTimeSpan"/> keeps it until the process stops. <see cref="DeactivateOnIdle"/>
    /// overrules it.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.KeepFor(timeSpan);

    /// <inheritdoc cref="IGrainBase.OnActivateAsync"/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="IGrainBase.OnDeactivateAsync"/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
