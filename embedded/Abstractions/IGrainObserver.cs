using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// Marks an interface through which grains call back into an ordinary object; see
/// <see cref="IGrainFactory.CreateObjectReference{TGrainObserverInterface}"/>.
/// </summary>
public interface IGrainObserver : IAddressable;
