using System.Collections.Concurrent;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// How many bytes the recent messages of all rooms take together, see <see cref="RoomMessage.Size"/>. When it is more than the limit, the
/// rooms that were not needed for longest forget theirs, until a quarter of it is free.
/// </summary>
/// <param name="limit">Bytes.</param>
public sealed class RecentMessagesBudget(long limit)
{
    private readonly ConcurrentDictionary<RecentMessages, bool> _holders = new();
    private readonly Lock _gate = new();
    private long _held;

    /// <summary>How many bytes they take.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>One takes so much now. The caller holds its lock.</summary>
    internal void Count(RecentMessages holder, int before, int now)
    {
        if (before == now) return;
        Interlocked.Add(ref _held, now - before);
        if (before == 0) _holders.TryAdd(holder, true);
        if (now == 0) _holders.TryRemove(holder, out _);
    }

    /// <summary>Makes room when there is none.</summary>
    internal void Keep()
    {
        if (Held <= limit) return;
        lock (_gate)
        {
            if (Held <= limit) return;
            foreach (var (holder, _) in _holders.Select(entry => (entry.Key, entry.Key.LastUsed)).OrderBy(entry => entry.LastUsed).ToList())
            {
                holder.Clear();
                if (Held <= limit / 4 * 3) return;
            }
        }
    }
}
