namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A gateway is alive, and has members in a room: what it knows of that room.</summary>
/// <param name="GatewayId">The gateway.</param>
/// <param name="Activation">The life of the room that it knows.</param>
/// <param name="Members">How many members it has there.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomPresence")]
public sealed record RoomHeartbeat(
    [property: Id(0)] string GatewayId,
    [property: Id(1)] string Activation,
    [property: Id(2)] int Members);

/// <summary>The answer to a <see cref="RoomHeartbeat"/>: what the gateway should know.</summary>
/// <param name="Activation">The present life of the room.</param>
/// <param name="Sequence">The newest message's number; a gateway that has not seen it reads it.</param>
/// <param name="IsInAgreement">False when the members differ: the gateway names all of its own.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomRenewal")]
public sealed record RoomHeartbeatReply(
    [property: Id(0)] string Activation,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool IsInAgreement);
