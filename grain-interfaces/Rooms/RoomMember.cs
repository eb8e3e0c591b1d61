namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A session that is in a room.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="GatewayId">The gateway process that holds its connection.</param>
/// <param name="Key">Who it is for moderation: the user's id, or of a guest <c>~</c> and the nickname in its comparable form.</param>
/// <param name="Name">The name that others see.</param>
/// <param name="IsAdministrator">Whether it is an administrator of the whole service.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomMember")]
public sealed record RoomMember(
    [property: Id(0)] string SessionId,
    [property: Id(1)] string GatewayId,
    [property: Id(2)] string Key,
    [property: Id(3)] string Name,
    [property: Id(4)] bool IsAdministrator);
