using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>The nodes that are online, for all clients of this process: spelled and encoded once.</summary>
public sealed class NodeList(OnlineNodes nodes) : EncodeOnce<OnlineNodes>(nodes);
