using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Rooms;
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

    /// <summary>
    /// Something happened in a room. Updates of a room arrive in order, and can be lost: a gap shows in
    /// <see cref="RoomUpdate.Previous"/>.
    /// </summary>
    [Alias("RoomChanged")]
    Task RoomChanged(RoomUpdate update);
}
