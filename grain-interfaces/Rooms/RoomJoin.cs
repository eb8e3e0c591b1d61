namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>The outcome of <see cref="IRoomGrain.Join"/>.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/>, or Banned.</param>
/// <param name="Activation">Which life of the room this is; another one does not know who was in it.</param>
/// <param name="Sequence">The newest message's number: what comes later is news to the member.</param>
/// <param name="Level">The member's say.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomJoin")]
public sealed record RoomJoin(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] string Activation,
    [property: Id(2)] long Sequence,
    [property: Id(3)] RoomLevel Level);
