using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Clients;

/// <summary>The nodes that are online, for all clients of this process: spelled and encoded once.</summary>
public sealed class NodeList(ImmutableArray<OnlineNode> nodes)
{
    private IReadOnlyList<SharedEvent>? _events;

    /// <summary>The events that tell of them.</summary>
    /// <param name="spell">Makes the events; for the first who asks.</param>
    public IReadOnlyList<SharedEvent> Events(Func<ImmutableArray<OnlineNode>, IReadOnlyList<SharedEvent>> spell) =>
        _events ??= spell(nodes);
}
