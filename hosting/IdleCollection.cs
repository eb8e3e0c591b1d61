using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// Gives memory back once after much was done. While nothing is allocated nothing is collected, so what a burst took would be kept for as
/// long as the process is idle. Only a collection that stops everything gives memory back, some 100 ms for 100 MB that live: so it is never
/// done while there is anything to do, only when there is much to gain, and not again before as much has been done again.
/// </summary>
internal sealed class IdleCollection(TimeProvider time) : BackgroundService
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>What is allocated since the last time, at least, and what there must be to gain.</summary>
    private const long Burst = 512 * Megabyte, Gain = 64 * Megabyte;

    /// <summary>Whoever allocates no more than this in a pause is idle.</summary>
    private const long Idle = 4 * Megabyte;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (before, collected, committed) = (0L, 0L, 0L);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            var isIdle = allocated - before <= Idle;
            before = allocated;
            if (!isIdle || allocated - collected < Burst || GC.GetGCMemoryInfo().TotalCommittedBytes - committed < Gain) continue;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            (collected, committed) = (allocated, GC.GetGCMemoryInfo().TotalCommittedBytes);
        }
    }
}
