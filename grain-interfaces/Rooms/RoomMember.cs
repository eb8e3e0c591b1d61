using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A session that is in a room.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="GatewayId">The gateway process that holds its connection.</param>
/// <param name="Key">Who it is for moderation: the user's id, or of a guest <c>~</c> and the nickname in its comparable form.</param>
/// <param name="Name">The name that others see.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomMember")]
public sealed record RoomMember(
    [property: Id(0)] string SessionId,
    [property: Id(1)] string GatewayId,
    [property: Id(2)] string Key,
    [property: Id(3)] string Name);

/// <summary>Who is in a room, as it is shown to its members.</summary>
/// <param name="Listed">Each user once, those with the most say first.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomMembers")]
public sealed record RoomMembers([property: Id(0)] ImmutableArray<ListedMember> Listed, [property: Id(1)] int Total);

/// <summary>A user in the list of a room's members.</summary>
/// <param name="Name">The name that others see.</param>
/// <param name="Level">Their say.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomPresent")]
public sealed record ListedMember([property: Id(0)] string Name, [property: Id(1)] RoomLevel Level);

/// <summary>How much say somebody has in a room; the less the number, the more. The numbers are chat's.</summary>
public enum RoomLevel
{
    /// <summary>Appoints moderators. Administrators of the service are this in every room.</summary>
    Admin = 0,

    /// <summary>Mutes, kicks, bans, deletes messages.</summary>
    Moderator = 1,

    /// <summary>Cannot be moderated by moderators.</summary>
    Vip = 2,

    /// <summary>Everybody else.</summary>
    User = 3,
}
