namespace Gatehouse.GrainInterfaces.Rooms;

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
