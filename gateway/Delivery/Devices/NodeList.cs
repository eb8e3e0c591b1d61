using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>The nodes that are online, for all clients of this process: spelled and encoded once.</summary>
public sealed class NodeList(ImmutableArray<OnlineNode> nodes) : EncodeOnce<ImmutableArray<OnlineNode>>(nodes);
