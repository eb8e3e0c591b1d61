using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>The rooms that have a member in this process, or are about to.</summary>
public sealed partial class LocalRooms(IGrainFactory grains, GatewayIdentity gateway, ILogger<LocalRooms> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LocalRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>A lease of a room. To be had before a member enters: what the room tells from then on must not be lost.</summary>
    public RoomLease Lease(string name)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(name, out var room))
            {
                room = new LocalRoom(name, gateway.Id, grains.Room(name), logger);
                _rooms.Add(name, room);
            }
            room.Leases++;
            return new RoomLease(this, room);
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

    /// <summary>A lease is over; called by <see cref="RoomLease"/>, once.</summary>
    internal void End(LocalRoom room)
    {
        lock (_gate)
        {
            if (--room.Leases == 0) _rooms.Remove(room.Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A room could not be told that its members are still here")]
    private partial void LogFailed(Exception failure);
}
