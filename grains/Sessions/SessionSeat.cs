namespace Gatehouse.Grains.Sessions;

/// <summary>The room that a session is in, and who it is there.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="MemberKey">See <see cref="GrainInterfaces.Rooms.RoomMember.Key"/>.</param>
/// <param name="MemberName">The name that others see.</param>
/// <param name="IsAdministrator">Whether it is an administrator of the whole service.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionSeat")]
public sealed record SessionSeat(
    [property: Id(0)] string Room,
    [property: Id(1)] string MemberKey,
    [property: Id(2)] string MemberName,
    [property: Id(3)] bool IsAdministrator);
