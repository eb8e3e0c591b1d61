using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Rooms;

[StatelessWorker]
public sealed class RoomDirectoryGrain(RoomOperationStore store) : Grain, IRoomDirectoryGrain
{
    private const int MaxPageSize = 200;
    private const int AskedAtOnce = 32;

    public async Task<ImmutableArray<RoomSummary>> GetLargest(int limit)
    {
        var kind = GrainFactory.Room("").GetGrainId().Type;
        var active = await GrainFactory.GetGrain<IManagementGrain>(0).GetActiveGrains(kind);
        var rooms = new List<RoomSummary>();
        foreach (var some in active.Take(IRoomDirectoryGrain.MaxAsked).Chunk(AskedAtOnce))
        {
            rooms.AddRange(await Task.WhenAll(some.Select(id => GrainFactory.Room(GrainKeys.IdOf(id.Key.ToString()!)).Inspect())));
        }
        return [.. rooms.Where(room => room.Sessions > 0).OrderByDescending(room => room.Sessions)
            .ThenBy(room => room.Name, StringComparer.Ordinal).Take(Math.Clamp(limit, 1, MaxPageSize))];
    }

    public async Task<RoomNames> List(string prefix, string after, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxPageSize);
        var names = await store.FindNames(prefix, after, limit + 1);
        return new RoomNames([.. names.Take(limit)], HasMore: names.Count > limit);
    }
}
