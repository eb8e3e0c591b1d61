using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Rooms;

namespace Gatehouse.Grains.Sessions;

/// <summary>The room that a session is in, and who it is there.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="MemberKey">See <see cref="RoomMember.Key"/>.</param>
/// <param name="MemberName">The name that others see.</param>
/// <param name="Entry">Names the entry by which it came here, see <see cref="RoomEntry.Id"/>.</param>
/// <param name="Since">The number of the room's newest message at that time.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionSeat")]
public sealed record SessionSeat(
    [property: Id(0)] string Room,
    [property: Id(1)] string MemberKey,
    [property: Id(2)] string MemberName,
    [property: Id(4)] string Entry = "",
    [property: Id(5)] long Since = 0)
{
    public static SessionSeat OfUser(UserDetails user, string room) => new(room, Rooms.MemberKey.OfUser(user.Id), user.Name);

    public static SessionSeat OfGuest(string nickname, string room) =>
        new(room, Rooms.MemberKey.OfGuest(AccountText.Key(nickname)), nickname);

    /// <summary>The session as the room knows it.</summary>
    public RoomMember Member(string sessionId, string gatewayId) => new(sessionId, gatewayId, MemberKey, MemberName);
}
