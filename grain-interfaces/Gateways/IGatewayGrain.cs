using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Rooms;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>
/// The lease of one gateway process, and the way to it. Grains keep gateway ids, which outlive any object reference. The
/// lease is in table <c>gateways</c>, so that presence is a question to the database. Key: see <see cref="GrainKeys.Gateway"/>.
/// </summary>
[Alias("Gatehouse.IGatewayGrain")]
public interface IGatewayGrain : IGrainWithStringKey
{
    /// <summary>How many wake-ups a page has.</summary>
    const int WakesAtOnce = 1000;

    /// <summary>Takes or renews the lease (default 30 s, renewed at half of that).</summary>
    /// <param name="observer">The gateway's one observer.</param>
    [Alias("Renew")]
    Task<LeaseRenewal> Renew(IGatewayObserver observer);

    /// <summary>Whether the grain has the gateway's observer. If not, as after its silo was lost, it is time to renew.</summary>
    [Alias("HasObserver"), AlwaysInterleave]
    Task<bool> HasObserver();

    /// <summary>The stored wake-ups of the gateway, at most <see cref="WakesAtOnce"/>: less is all that is left.</summary>
    /// <param name="after">The number after which to go on; 0 from the first.</param>
    [Alias("GetWakes"), AlwaysInterleave]
    Task<ImmutableArray<SessionWake>> GetWakes(long after);

    /// <summary>The gateway has looked after these sessions. Wake-ups that have come since stay.</summary>
    [Alias("Acknowledge"), AlwaysInterleave]
    Task Acknowledge(ImmutableArray<SessionWake> wakes);

    /// <summary>The gateway stops: the lease ends now.</summary>
    [Alias("Leave")]
    Task Leave();

    /// <summary>Wakes the gateway, see <see cref="IGatewayObserver.OnSessionsChanged"/>. Nothing happens when it is gone.</summary>
    [Alias("SessionsChanged"), AlwaysInterleave]
    Task SessionsChanged(ImmutableArray<SessionWake> wakes);

    /// <summary>
    /// Pushes to the gateway what happened in a room, and returns when it has taken it. Nothing happens when the gateway is gone.
    /// </summary>
    [Alias("RoomChanged"), AlwaysInterleave, AtMostOnce]
    Task PushRoomUpdate(RoomUpdate update);

    /// <summary>Pushes something to connections, see <see cref="IGatewayObserver.OnPush"/>.</summary>
    /// <returns>False when the gateway is gone, as far as is known.</returns>
    [Alias("TellConnections"), AlwaysInterleave, AtMostOnce]
    Task<bool> Push(ImmutableArray<string> connectionIds, ClientPush push);

    /// <summary>Wakes the gateway, see <see cref="IGatewayObserver.OnNodesChanged"/>. Nothing happens when it is gone.</summary>
    [Alias("NodesChanged"), AlwaysInterleave]
    Task NodesChanged();

    /// <summary>What the gateway counts, see <see cref="IGatewayObserver.OnFiguresWanted"/>; nothing when it is gone.</summary>
    [Alias("GetFigures"), AlwaysInterleave]
    Task<ImmutableArray<Figure>> GetFigures();
}
