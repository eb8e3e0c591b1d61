using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>
/// Tells grains that a connection is gone, and keeps what failed until it can be told: otherwise a session whose client left
/// while the database was away would count as present until this process ends.
/// </summary>
public sealed partial class PendingDetaches(IGrainFactory grains, ILogger<PendingDetaches> logger)
{
    private const int AtOnce = 16;

    private readonly ConcurrentQueue<Func<IGrainFactory, Task>> _pending = new();
    private int _underWay;

    /// <summary>Whether somebody is being told at the moment.</summary>
    public bool IsBusy => Volatile.Read(ref _underWay) > 0;

    /// <summary>Detaches a connection from its session, now or later. Never throws.</summary>
    public Task Detach(string sessionId, string connectionId) => Detach(known => known.Session(sessionId).Detach(connectionId));

    /// <summary>Detaches a connection from whoever has to know, now or later. Never throws.</summary>
    /// <param name="detach">May be done more than once.</param>
    public async Task Detach(Func<IGrainFactory, Task> detach)
    {
        if (await TryDetach(detach) is { } failure) LogPending(failure.Message);
    }

    /// <summary>Tries again what failed, a few at a time. To be called again and again.</summary>
    public Task Retry()
    {
        var failed = new List<Func<IGrainFactory, Task>>();
        for (var left = _pending.Count; left > 0 && _pending.TryDequeue(out var detach); left--) failed.Add(detach);
        return Parallel.ForEachAsync(
            failed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (detach, _) => await TryDetach(detach));
    }

    /// <returns>Why it failed, and is kept; null when it did not.</returns>
    private async Task<Exception?> TryDetach(Func<IGrainFactory, Task> detach)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            await detach(grains);
            return null;
        }
        catch (Exception failure)
        {
            _pending.Enqueue(detach);
            return failure;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody could be told that a connection is gone; it will be repeated: {Reason}")]
    private partial void LogPending(string reason);
}
