using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>Who is in a room.</summary>
/// <param name="Present">Each user once.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomMembers")]
public sealed record RoomMembers([property: Id(0)] ImmutableArray<RoomPresent> Present, [property: Id(1)] int Total);

/// <summary>Somebody who is in a room.</summary>
/// <param name="Name">The name that others see.</param>
/// <param name="Level">Their say.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomPresent")]
public sealed record RoomPresent([property: Id(0)] string Name, [property: Id(1)] RoomLevel Level);
