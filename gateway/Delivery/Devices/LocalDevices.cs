using System.Collections.Concurrent;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>The connections of devices (clients and nodes) in this process, by the ids that clients know.</summary>
public sealed partial class LocalDevices(IGrainFactory grains, ILogger<LocalDevices> logger)
{
    private const int ReportedAtOnce = 500;

    /// <summary>However many nodes come and go within a moment: the list goes to everybody, so it goes out once.</summary>
    private static readonly TimeSpan ListPause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, IDeviceListener> _listeners = new();
    private readonly Coalesced _listing = new();
    private volatile bool _mustRestore;
    private volatile bool _mustList;

    public bool IsEmpty => _listeners.IsEmpty;

    public void Add(string wsId, IDeviceListener listener) => _listeners[wsId] = listener;

    public void Remove(string wsId, IDeviceListener listener) => _listeners.TryRemove(new(wsId, listener));

    /// <summary>Hands a push to those of the connections that are here, in the order of the calls.</summary>
    public void Push(IEnumerable<string> wsIds, ClientPush push)
    {
        foreach (var wsId in wsIds)
        {
            if (_listeners.TryGetValue(wsId, out var listener)) listener.OnPush(push);
        }
    }

    /// <summary>The nodes that are online now.</summary>
    public async Task<NodeList> GetNodes() => new(await grains.ClientDirectory().GetOnlineNodes());

    /// <summary>Nodes came or went: fetches the list and tells all who are here. Never throws; what failed is repeated.</summary>
    public Task NodesChanged()
    {
        _mustList = true;
        return _listing.Run(ListNodes, LogFailed);
    }

    /// <summary>
    /// The lease was broken: all that are here have to be online again, and to look for what they were not told.
    /// </summary>
    public void RequireRestore() => _mustRestore = true;

    /// <summary>Restores them if that is required, and repeats what has failed. To be called again and again.</summary>
    public async Task Retry()
    {
        if (_mustRestore) await Restore();
        if (_mustList) await NodesChanged();
        foreach (var listener in _listeners.Values) listener.Retry();
    }

    private async Task ListNodes()
    {
        _mustList = false;
        // Nobody to tell: so it is when the process stops, and there is soon nobody to ask either.
        if (_listeners.IsEmpty) return;
        try
        {
            var nodes = await GetNodes();
            foreach (var listener in _listeners.Values) listener.OnNodesChanged(nodes);
        }
        catch
        {
            _mustList = true;
            throw;
        }
        await Task.Delay(ListPause);
    }

    private async Task Restore()
    {
        _mustRestore = false;
        if (_listeners.IsEmpty) return;
        try
        {
            foreach (var some in _listeners.Values.SelectMany(listener => listener.Sockets).Chunk(ReportedAtOnce))
            {
                await grains.ClientDirectory().ReportLocations([.. some]);
            }
        }
        catch
        {
            _mustRestore = true;
            throw;
        }
        foreach (var listener in _listeners.Values) listener.Revalidate();
        await NodesChanged();
    }

    [LoggerMessage(LogLevel.Warning, "The list of nodes could not be fetched")]
    private partial void LogFailed(Exception failure);
}
