using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>How grains reach one gateway process. There is one observer per process, never one per connection.</summary>
[Alias("Gatehouse.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>
    /// These sessions have news: call <see cref="Sessions.ISessionGrain.Refresh"/> for them. A wake-up, never the only copy;
    /// it can be lost, repeated, or name sessions that are not here.
    /// </summary>
    [Alias("SessionsChanged"), OneWay]
    Task SessionsChanged(ImmutableArray<string> sessionIds);
}
