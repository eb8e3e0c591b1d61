using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>What a room pushes to a gateway: everything since the last update, once for all members that the gateway has.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Activation">Which life of the room this is.</param>
/// <param name="Previous">The number of the last message before these: whoever has not seen that one has missed some.</param>
/// <param name="Messages">New messages, in their order; may be none.</param>
/// <param name="Notices">What else happened, after those; may be none.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomUpdate")]
public sealed record RoomUpdate(
    [property: Id(0)] string Room,
    [property: Id(1)] string Activation,
    [property: Id(2)] long Previous,
    [property: Id(3)] ImmutableArray<RoomMessage> Messages,
    [property: Id(4)] ImmutableArray<RoomNotice> Notices);

/// <summary>Something that happened in a room and is not a message. Not kept: whoever misses it, misses it.</summary>
/// <param name="Kind">What.</param>
/// <param name="SessionId">The session concerned; empty when there is none.</param>
/// <param name="Text">The name of who types, or the reason of a removal.</param>
/// <param name="Sequence">The number of the message that was deleted.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomNotice")]
public sealed record RoomNotice(
    [property: Id(0)] RoomNoticeKind Kind,
    [property: Id(1)] string SessionId = "",
    [property: Id(2)] string Text = "",
    [property: Id(3)] long Sequence = 0);

/// <summary>What can happen in a room besides messages.</summary>
public enum RoomNoticeKind
{
    /// <summary>Somebody came or went.</summary>
    MembersChanged,

    /// <summary>A member types.</summary>
    Typing,

    /// <summary>A member has stopped typing.</summary>
    StoppedTyping,

    /// <summary>A message was deleted.</summary>
    MessageDeleted,

    /// <summary>A member was kicked: its gateway tells it and disconnects it.</summary>
    Kicked,

    /// <summary>A member was banned: likewise.</summary>
    Banned,
}
