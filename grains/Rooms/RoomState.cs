using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <summary>
/// What is stored of a room, as JSON under the state name "room": its moderation. Users are named by <see cref="RoomMember.Key"/>.
/// There is a row from the first moderation on.
/// </summary>
[GenerateSerializer, Alias("Gatehouse.RoomState")]
public sealed class RoomState
{
    /// <summary>Those who have more say than everybody.</summary>
    [Id(0)] public Dictionary<string, RoomLevel> Levels { get; set; } = [];

    /// <summary>Until when somebody is muted.</summary>
    [Id(1)] public Dictionary<string, DateTimeOffset> Mutes { get; set; } = [];

    /// <summary>Who is banned, and why.</summary>
    [Id(2)] public Dictionary<string, string> Bans { get; set; } = [];

    /// <summary>Why the room is closed; null when it is open.</summary>
    [Id(3)] public string? ClosedFor { get; set; }
}
