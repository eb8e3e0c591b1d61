using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Clients;

/// <summary>The connections of clients and nodes in this process, by the ids that clients know.</summary>
public sealed partial class LocalClients(IGrainFactory grains, ILogger<LocalClients> logger)
{
    private const int PlacedAtOnce = 500;

    private readonly ConcurrentDictionary<string, IClientListener> _listeners = new();
    private int _looking;

    public void Add(string wsId, IClientListener listener) => _listeners[wsId] = listener;

    public void Remove(string wsId, IClientListener listener) => _listeners.TryRemove(new(wsId, listener));

    /// <summary>Tells those of the connections that are here, in the order of the calls.</summary>
    public void Tell(IEnumerable<string> wsIds, ClientPush push)
    {
        foreach (var wsId in wsIds)
        {
            if (_listeners.TryGetValue(wsId, out var listener)) listener.Told(push);
        }
    }

    /// <summary>The nodes that are online now.</summary>
    public async Task<NodeList> GetNodes() => new(await grains.ClientDirectory().GetOnlineNodes());

    /// <summary>Nodes came or went. One look finds all of them, so what comes during a look only repeats it. Never throws.</summary>
    public async Task NodesChanged()
    {
        if (Interlocked.Exchange(ref _looking, 2) != 0) return;
        do
        {
            Volatile.Write(ref _looking, 1);
            try
            {
                var nodes = await GetNodes();
                foreach (var listener in _listeners.Values) listener.NodesChanged(nodes);
            }
            catch (Exception failure)
            {
                LogFailed(failure);
            }
        }
        while (Interlocked.CompareExchange(ref _looking, 0, 1) != 1);
    }

    /// <summary>After the lease was broken: all that are here are online again, and look for what they were not told.</summary>
    public async Task Restore()
    {
        if (_listeners.IsEmpty) return;
        foreach (var some in _listeners.Values.SelectMany(listener => listener.Sockets).Chunk(PlacedAtOnce))
        {
            await grains.ClientDirectory().ReportLocations([.. some]);
        }
        foreach (var listener in _listeners.Values) listener.Look();
        await NodesChanged();
    }

    [LoggerMessage(LogLevel.Warning, "The list of nodes could not be fetched")]
    private partial void LogFailed(Exception failure);
}
