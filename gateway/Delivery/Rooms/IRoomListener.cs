using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>A connection that is in a room. Called for one thing at a time, in order; receiving never waits and never throws.</summary>
public interface IRoomListener
{
    /// <summary>New messages; the same object for all listeners.</summary>
    void Receive(RoomNews news);

    /// <summary>Something else happened, to others or to itself; the same object for all listeners.</summary>
    void Receive(RoomNoticeNews notice);

    /// <summary>Waits until most of what it was handed has been taken; false when it is gone.</summary>
    Task<bool> Taken();

    /// <summary>It is not in the room any more, and was not told why.</summary>
    void Evicted();
}

/// <summary>Messages on their way to a room's listeners.</summary>
/// <param name="room">The room that they are of.</param>
/// <param name="messages">In their order; at least one.</param>
public sealed class RoomNews(LocalRoom room, ImmutableArray<RoomMessage> messages)
    : EncodeOnce<(LocalRoom Room, ImmutableArray<RoomMessage> Messages)>((room, messages))
{
    public ImmutableArray<RoomMessage> Messages => Source.Messages;
}

/// <summary>A notice on its way to a room's listeners.</summary>
public sealed class RoomNoticeNews(RoomNotice notice) : EncodeOnce<RoomNotice>(notice)
{
    public RoomNotice Notice => Source;
}
