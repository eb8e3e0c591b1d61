namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>One connection of a node that is online.</summary>
/// <param name="Hash">The node's hash.</param>
/// <param name="NodeId">The node's id.</param>
/// <param name="WsId">The connection's id.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.OnlineNode")]
public sealed record OnlineNode([property: Id(0)] string Hash, [property: Id(1)] int NodeId, [property: Id(2)] string WsId);
