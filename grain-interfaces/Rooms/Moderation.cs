namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>What is to be done to a user of a room.</summary>
/// <param name="Kind">What.</param>
/// <param name="Name">The name of the user that it is done to.</param>
/// <param name="Duration">Of <see cref="ModerationKind.Mute"/>: how long; zero ends it.</param>
/// <param name="Reason">What the user is told; may be empty.</param>
/// <param name="Level">Of <see cref="ModerationKind.Appoint"/>: the user's say from now on.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Moderation")]
public sealed record Moderation(
    [property: Id(0)] ModerationKind Kind,
    [property: Id(1)] string Name,
    [property: Id(2)] TimeSpan Duration = default,
    [property: Id(3)] string Reason = "",
    [property: Id(4)] RoomLevel Level = RoomLevel.User);

/// <summary>What moderators do.</summary>
public enum ModerationKind
{
    /// <summary>The user's messages are not taken for a while.</summary>
    Mute,

    /// <summary>The user is disconnected.</summary>
    Kick,

    /// <summary>The user is disconnected and cannot come back.</summary>
    Ban,

    /// <summary>The user can come back.</summary>
    Unban,

    /// <summary>The user gets another level. For administrators.</summary>
    Appoint,
}

/// <summary>What came of it.</summary>
public enum ModerationOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>Whoever wanted it is not in the room.</summary>
    NotMember,

    /// <summary>It is not for them to do, or not to this user.</summary>
    NotAllowed,

    /// <summary>There is no such user, or for a kick, none present; or no such message.</summary>
    NotFound,
}
