using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>The rooms that have a member in this process, or are about to.</summary>
public sealed partial class LocalRooms(IGrainFactory grains, GatewayIdentity gateway, TimeProvider time, ILogger<LocalRooms> logger)
{
    private const int AtOnce = 16;

    /// <summary>Most bytes that the messages take that all rooms keep for members that come in; a room that has none reads them.</summary>
    private const long KeptSize = 32 * 1024 * 1024;

    /// <summary>A room that does not answer must not keep the others until they take this gateway for dead.</summary>
    private static readonly TimeSpan RenewalTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly RecentMessagesBudget _budget = new(KeptSize);
    private readonly Dictionary<string, LocalRoom> _rooms = new(StringComparer.Ordinal);
    private long _allDue = long.MinValue;

    /// <summary>A lease of a room. To be had before a member enters: what the room tells from then on must not be lost.</summary>
    public RoomLease Lease(string name)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(name, out var room))
            {
                room = new LocalRoom(name, gateway.Id, grains.Room(name), Receive, _budget, logger) { RenewedAt = time.GetTimestamp() };
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

    /// <summary>How often each room hears that this gateway is there.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Rooms may have lost what they knew of this gateway: all are told again.</summary>
    public void RequireRenewal() => Volatile.Write(ref _allDue, time.GetTimestamp());

    /// <summary>Tells the rooms that have not heard for that long that this gateway is there. To be called again and again.</summary>
    public Task Renew()
    {
        var now = time.GetTimestamp();
        List<LocalRoom> due;
        lock (_gate) due = [.. _rooms.Values.Where(IsDue)];
        return Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (room, cancellation) =>
        {
            try
            {
                await room.Renew().WaitAsync(RenewalTimeout, time, cancellation);
                room.RenewedAt = now;
            }
            catch (Exception failure)
            {
                LogFailed(failure.Message);
            }
        });

        bool IsDue(LocalRoom room) =>
            room.RenewedAt <= Volatile.Read(ref _allDue) || time.GetElapsedTime(room.RenewedAt, now) >= HeartbeatInterval;
    }

    /// <summary>A lease is over; called by <see cref="RoomLease"/>, once.</summary>
    internal void End(LocalRoom room)
    {
        lock (_gate)
        {
            if (--room.Leases > 0) return;
            _rooms.Remove(room.Name);
            room.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A room could not be told that its members are still here; it is repeated: {Reason}")]
    private partial void LogFailed(string reason);
}
