using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery;

/// <summary>
/// Tells grains that a connection is gone, and tells them again when that failed: otherwise a session whose client left while
/// the database was away would count as present until this process ends.
/// </summary>
public sealed partial class Farewells(IGrainFactory grains, ILogger<Farewells> logger)
{
    private readonly ConcurrentQueue<Func<IGrainFactory, Task>> _unsaid = new();

    /// <summary>Tells a session, now or later. Never throws.</summary>
    public Task Say(string sessionId, string connectionId) => Say(known => known.Session(sessionId).Detach(connectionId));

    /// <summary>Tells whoever has to know, now or later. Never throws.</summary>
    /// <param name="farewell">May be said more than once.</param>
    public async Task Say(Func<IGrainFactory, Task> farewell)
    {
        try
        {
            await farewell(grains);
        }
        catch (Exception failure)
        {
            LogPutOff(failure.Message);
            _unsaid.Enqueue(farewell);
        }
    }

    /// <summary>Says again what failed; called while the grains are known to answer.</summary>
    public async Task Repeat(CancellationToken cancellation)
    {
        for (var left = _unsaid.Count; left > 0 && !cancellation.IsCancellationRequested; left--)
        {
            if (!_unsaid.TryDequeue(out var farewell)) return;
            await Say(farewell);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody could be told that a connection is gone; it will be repeated: {Reason}")]
    private partial void LogPutOff(string reason);
}
