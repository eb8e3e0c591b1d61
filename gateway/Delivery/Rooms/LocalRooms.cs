using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>The rooms that have a member in this process, or are about to.</summary>
public sealed partial class LocalRooms(IGrainFactory grains, GatewayIdentity gateway, ILogger<LocalRooms> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LocalRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes up a room. To be done before a member goes in: what the room tells from then on must not be lost. Whoever takes it
    /// up lets go of it, once.
    /// </summary>
    public LocalRoom TakeUp(string name)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(name, out var room))
            {
                room = new LocalRoom(name, gateway.Id, grains.Room(name), logger);
                _rooms.Add(name, room);
            }
            room.Users++;
            return room;
        }
    }

    /// <summary>Lets go of a room.</summary>
    public void LetGo(LocalRoom room)
    {
        lock (_gate)
        {
            if (--room.Users == 0) _rooms.Remove(room.Name);
        }
    }

    /// <summary>A room tells what happened.</summary>
    public void Receive(RoomUpdate update)
    {
        LocalRoom? room;
        lock (_gate) room = _rooms.GetValueOrDefault(update.Room);
        room?.Receive(update);
    }

    /// <summary>Tells all rooms that this gateway is there, a few at a time.</summary>
    public async Task RenewAll(int atOnce, CancellationToken cancellation)
    {
        List<LocalRoom> rooms;
        lock (_gate) rooms = [.. _rooms.Values];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(rooms, options, async (room, _) =>
        {
            try
            {
                await room.Renew();
            }
            catch (Exception failure)
            {
                LogFailed(failure);
            }
        });
    }

    [LoggerMessage(LogLevel.Warning, "A room could not be told that its members are still here")]
    private partial void LogFailed(Exception failure);
}
