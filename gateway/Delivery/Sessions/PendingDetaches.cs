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

    /// <summary>How many are kept, some 300 bytes each. Of more, the sessions count as present until this process ends.</summary>
    public int Limit { get; init; } = 100_000;

    private readonly ConcurrentQueue<Func<IGrainFactory, Task>> _pending = new();
    private int _underWay;
    private int _kept;

    /// <summary>Whether somebody is being told at the moment.</summary>
    public bool IsBusy => Volatile.Read(ref _underWay) > 0;

    /// <summary>Detaches a connection from its session, now or later. Never throws.</summary>
    public Task Detach(string sessionId, string connectionId) => Detach(known => known.Session(sessionId).Detach(connectionId));

    /// <summary>Detaches a connection from whoever has to know, now or later. Never throws.</summary>
    /// <param name="detach">May be done more than once.</param>
    public async Task Detach(Func<IGrainFactory, Task> detach)
    {
        if (await TryDetach(detach) is not { } failure) return;
        if (Interlocked.Increment(ref _kept) > Limit)
        {
            Interlocked.Decrement(ref _kept);
            LogForgotten(failure.Message);
            return;
        }
        _pending.Enqueue(detach);
        LogPending(failure.Message);
    }

    /// <summary>Tries again what failed, a few at a time. To be called again and again.</summary>
    public Task Retry()
    {
        var failed = new List<Func<IGrainFactory, Task>>();
        for (var left = _pending.Count; left > 0 && _pending.TryDequeue(out var detach); left--) failed.Add(detach);
        return Parallel.ForEachAsync(failed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (detach, _) =>
        {
            if (await TryDetach(detach) is null) Interlocked.Decrement(ref _kept);
            else _pending.Enqueue(detach);
        });
    }

    /// <returns>Why it failed; null when it did not.</returns>
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
            return failure;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody could be told that a connection is gone; it will be repeated: {Reason}")]
    private partial void LogPending(string reason);

    [LoggerMessage(LogLevel.Error, "Nobody could be told that a connection is gone, and too many wait to be told already: {Reason}")]
    private partial void LogForgotten(string reason);
}
