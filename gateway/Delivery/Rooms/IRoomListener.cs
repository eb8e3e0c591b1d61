using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>A connection that is in a room. Called for one thing at a time, in order; never waits and never throws.</summary>
public interface IRoomListener
{
    /// <summary>New messages, the same objects for all listeners of the room.</summary>
    void Receive(ReadOnlySpan<RoomNews> messages);

    /// <summary>Something else happened, to others or to itself; the same object for all listeners.</summary>
    void Receive(RoomNoticeNews notice);

    /// <summary>It is not in the room any more, and was not told why.</summary>
    void Lost();
}

/// <summary>A message on its way to a room's listeners.</summary>
public sealed class RoomNews(RoomMessage message) : Connections.Formed<RoomMessage>(message)
{
    public RoomMessage Message => Source;
}

/// <summary>A notice on its way to a room's listeners.</summary>
public sealed class RoomNoticeNews(RoomNotice notice) : Connections.Formed<RoomNotice>(notice)
{
    public RoomNotice Notice => Source;
}
