using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>
/// Tells grains that a connection is gone, and keeps what failed until it can be told: otherwise a session whose client left
/// while the database was away would count as present until this process ends.
/// </summary>
public sealed partial class PendingDetaches(IGrainFactory grains, ILogger<PendingDetaches> logger)
{
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
        Interlocked.Increment(ref _underWay);
        try
        {
            await detach(grains);
        }
        catch (Exception failure)
        {
            LogPending(failure.Message);
            _pending.Enqueue(detach);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Tries again what failed; called while the grains are known to answer.</summary>
    public async Task Retry(CancellationToken cancellation)
    {
        for (var left = _pending.Count; left > 0 && !cancellation.IsCancellationRequested; left--)
        {
            if (!_pending.TryDequeue(out var detach)) return;
            await Detach(detach);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody could be told that a connection is gone; it will be repeated: {Reason}")]
    private partial void LogPending(string reason);
}
