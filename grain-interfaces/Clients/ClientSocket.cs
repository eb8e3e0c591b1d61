using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>A connection of a client or node.</summary>
/// <param name="WsId">Its id, as clients know it.</param>
/// <param name="Kind">As which it can be reached; one connection may be both.</param>
/// <param name="GatewayId">The gateway that holds it.</param>
/// <param name="ClientId">Whom it is logged in as; null for nobody.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientSocket")]
public sealed record ClientSocket(
    [property: Id(0)] string WsId,
    [property: Id(1)] ClientKind Kind,
    [property: Id(2)] string GatewayId,
    [property: Id(3)] int? ClientId = null);

/// <summary>One connection of a node that is online.</summary>
/// <param name="Hash">The node's hash.</param>
/// <param name="NodeId">The node's id.</param>
/// <param name="WsId">The connection's id.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.OnlineNode")]
public sealed record OnlineNode([property: Id(0)] string Hash, [property: Id(1)] int NodeId, [property: Id(2)] string WsId);

/// <summary>The nodes that are online.</summary>
/// <param name="Nodes">One for each connection, in the order in which they came.</param>
/// <param name="HasMore">Whether there are more than may be listed.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.OnlineNodes")]
public sealed record OnlineNodes([property: Id(0)] ImmutableArray<OnlineNode> Nodes, [property: Id(1)] bool HasMore);
