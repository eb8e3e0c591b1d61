using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// Gives memory back after much was done. While nothing is allocated nothing is collected, so what a burst took would be kept for as long
/// as the process is idle. What there is to gain is looked up beside everything else. Only a collection that stops everything gives it
/// back, some 100 ms for 100 MB that live: so it is never done while there is anything to do, nor where so much lives that whoever counts on
/// this process would take it for dead.
/// </summary>
internal sealed class IdleCollection(TimeProvider time) : BackgroundService
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>What work has allocated since the last look, at least.</summary>
    private const long Burst = 64 * Megabyte;

    /// <summary>What there must be to gain.</summary>
    private const long Gain = 32 * Megabyte;

    /// <summary>How much may live.</summary>
    private const long MaxLive = 256 * Megabyte;

    /// <summary>Whoever allocates no more than this in a pause is idle; what is allocated meanwhile is no work.</summary>
    private const long Idle = 4 * Megabyte;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Its start is no work.
        await Task.Delay(Pause, time, stoppingToken);
        var (before, worked, look) = (GC.GetTotalAllocatedBytes(), 0L, (long?)null);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            var sinceBefore = allocated - before;
            before = allocated;
            if (sinceBefore > Idle)
            {
                worked += sinceBefore;
            }
            else if (worked >= Burst)
            {
                look = GC.GetGCMemoryInfo(GCKind.Background).Index;
                worked = 0;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
            else if (look is not null && GC.GetGCMemoryInfo(GCKind.Background) is var found && found.Index != look)
            {
                look = null;
                var live = found.HeapSizeBytes - found.FragmentedBytes;
                if (live <= MaxLive && found.TotalCommittedBytes - live >= Gain)
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
    }
}
