using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>Some of a room's messages.</summary>
/// <param name="Messages">In the order that was asked for.</param>
/// <param name="Sequence">Up to which number nothing is left out, reading forwards.</param>
/// <param name="HasMore">Whether there are more in that direction.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomPage")]
public sealed record RoomPage(
    [property: Id(0)] ImmutableArray<RoomMessage> Messages,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool HasMore);
