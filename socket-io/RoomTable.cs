using System.Collections.Concurrent;

namespace SocketIo;

/// <summary>The rooms of a namespace; a room exists as long as it has a member.</summary>
internal sealed class RoomTable
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    public void Join(string name, ClientSocket socket)
    {
        while (!_rooms.GetOrAdd(name, static _ => new()).TryAdd(socket))
        {
            // Another thread is removing the room that has just become empty.
        }
    }

    public void Leave(string name, ClientSocket socket)
    {
        if (_rooms.TryGetValue(name, out var room) && room.Remove(socket)) _rooms.TryRemove(new(name, room));
    }

    public Room? Find(string name) => _rooms.GetValueOrDefault(name);
}
