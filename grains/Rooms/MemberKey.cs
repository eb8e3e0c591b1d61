namespace Gatehouse.Grains.Rooms;

/// <summary>Who a member of a room is for moderation, see <see cref="GrainInterfaces.Rooms.RoomMember.Key"/>.</summary>
internal static class MemberKey
{
    /// <summary>An account, whatever its name: a name that is freed is not freed of its ban by being somebody else's.</summary>
    public static string OfUser(Guid userId) => userId.ToString("D");

    /// <summary>The account; null for a guest.</summary>
    public static Guid? UserOf(string key) => Guid.TryParseExact(key, "D", out var userId) ? userId : null;

    /// <summary>A guest with a nickname, in its comparable form.</summary>
    public static string OfGuest(string nameKey) => "~" + nameKey;
}
