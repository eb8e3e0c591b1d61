using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as operators see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sessions">How many sessions are in it.</param>
/// <param name="IsEphemeral">Whether its messages are not stored.</param>
/// <param name="ClosedFor">Why it is closed; null when it is open.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomSummary")]
public sealed record RoomSummary(
    [property: Id(0)] string Name, [property: Id(1)] int Sessions, [property: Id(2)] bool IsEphemeral, [property: Id(3)] string? ClosedFor);

/// <summary>Rooms whose names begin alike.</summary>
/// <param name="Names">In the order of their bytes.</param>
/// <param name="HasMore">Whether there are more after these.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomNames")]
public sealed record RoomNames([property: Id(0)] ImmutableArray<string> Names, [property: Id(1)] bool HasMore);
