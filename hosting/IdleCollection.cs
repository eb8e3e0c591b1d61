using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// Gives memory back once after much was done. While nothing is allocated nothing is collected, so what a burst took would be kept for as
/// long as the process is idle. Only a collection that stops everything gives memory back, some 100 ms for 100 MB that live: so it is never
/// done while there is anything to do, only when there is something to gain, and not again before at least as much was allocated by work
/// as there is to look through.
/// </summary>
internal sealed class IdleCollection(TimeProvider time) : BackgroundService
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>What work has allocated since the last time, at least.</summary>
    private const long Burst = 64 * Megabyte;

    /// <summary>By how much the process has grown since it was at its smallest after the last time, at least.</summary>
    private const long Gain = 32 * Megabyte;

    /// <summary>Whoever allocates no more than this in a pause is idle; what is allocated meanwhile is no work.</summary>
    private const long Idle = 4 * Megabyte;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (before, worked, resident, heap) = (0L, 0L, 0L, 0L);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            var sinceBefore = allocated - before;
            before = allocated;
            resident = Math.Min(resident, Environment.WorkingSet);
            if (sinceBefore > Idle)
            {
                worked += sinceBefore;
                continue;
            }

            if (worked < Math.Max(Burst, heap) || Environment.WorkingSet - resident < Gain) continue;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            (worked, resident, heap) = (0, Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
        }
    }
}
