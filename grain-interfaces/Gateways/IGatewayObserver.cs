using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Rooms;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>How grains reach one gateway process. There is one observer per process, never one per connection.</summary>
[Alias("Gatehouse.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>
    /// These sessions have news: call <see cref="Sessions.ISessionConnections.Revalidate"/> for them, let them act only after that, and
    /// <see cref="IGatewayGrain.Acknowledge"/> it. Never the only copy; it can be lost, repeated, or name sessions that are not here.
    /// </summary>
    [Alias("SessionsChanged")]
    Task OnSessionsChanged(ImmutableArray<SessionWake> wakes);

    /// <summary>
    /// Something happened in a room. Updates of a room arrive in order, and can be lost: a gap shows in
    /// <see cref="RoomUpdate.Previous"/>.
    /// </summary>
    [Alias("RoomChanged")]
    Task OnRoomUpdate(RoomUpdate update);

    /// <summary>
    /// Something for these connections. It can be lost, or name connections that are not here. Returns when it is on its way to them, so
    /// that what is pushed after that comes after it.
    /// </summary>
    /// <param name="connectionIds">The connections, by the ids that clients know.</param>
    /// <param name="push">What they get.</param>
    [Alias("ConnectionsTold")]
    Task OnPush(ImmutableArray<string> connectionIds, ClientPush push);

    /// <summary>
    /// Nodes came or went: ask <see cref="IClientDirectoryGrain.GetOnlineNodes"/>. A wake-up; it can be lost or repeated.
    /// </summary>
    [Alias("NodesChanged"), OneWay]
    Task OnNodesChanged();

    /// <summary>An operator looks: what the gateway counts now.</summary>
    [Alias("FiguresWanted")]
    Task<ImmutableArray<Figure>> OnFiguresWanted();
}
