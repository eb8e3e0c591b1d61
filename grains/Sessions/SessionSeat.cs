using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Rooms;

namespace Gatehouse.Grains.Sessions;

/// <summary>The room that a session is in, and who it is there.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="MemberKey">See <see cref="RoomMember.Key"/>.</param>
/// <param name="MemberName">The name that others see.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionSeat")]
public sealed record SessionSeat(
    [property: Id(0)] string Room,
    [property: Id(1)] string MemberKey,
    [property: Id(2)] string MemberName)
{
    public static SessionSeat OfUser(UserDetails user, string room) => new(room, Rooms.MemberKey.OfUser(user.Id), user.Name);

    public static SessionSeat OfGuest(string nickname, string room) =>
        new(room, Rooms.MemberKey.OfGuest(AccountText.Key(nickname)), nickname);

    /// <summary>The session as the room knows it.</summary>
    public RoomMember Member(string sessionId, string gatewayId) => new(sessionId, gatewayId, MemberKey, MemberName);
}
