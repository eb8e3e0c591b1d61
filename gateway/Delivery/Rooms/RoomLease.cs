namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>
/// Keeps a room in this process: for as long as there is a lease of it, what the room tells is not lost. Ends when it is disposed
/// of; doing so again does nothing.
/// </summary>
public sealed class RoomLease(LocalRooms rooms, LocalRoom room) : IDisposable
{
    private int _isOver;

    public LocalRoom Room => room;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) rooms.End(room);
    }
}
