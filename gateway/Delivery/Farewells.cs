using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery;

/// <summary>
/// Tells sessions that a connection is gone, and tells them again when that failed: otherwise a session whose client left while
/// the database was away would count as present until this process ends.
/// </summary>
public sealed partial class Farewells(IGrainFactory grains, ILogger<Farewells> logger)
{
    private readonly ConcurrentQueue<(string SessionId, string ConnectionId)> _unsaid = new();

    /// <summary>Says it now, or later. Never throws.</summary>
    public async Task Say(string sessionId, string connectionId)
    {
        try
        {
            await grains.Session(sessionId).Detach(connectionId);
        }
        catch (Exception failure)
        {
            LogPutOff(failure.Message);
            _unsaid.Enqueue((sessionId, connectionId));
        }
    }

    /// <summary>Says again what failed; called while the grains are known to answer.</summary>
    public async Task Repeat(CancellationToken cancellation)
    {
        for (var left = _unsaid.Count; left > 0 && !cancellation.IsCancellationRequested; left--)
        {
            if (!_unsaid.TryDequeue(out var farewell)) return;
            await Say(farewell.SessionId, farewell.ConnectionId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A session could not be told that its connection is gone; it will be: {Reason}")]
    private partial void LogPutOff(string reason);
}
