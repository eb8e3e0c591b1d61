using System.Collections.Concurrent;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>The connections of devices (clients and nodes) in this process, by the ids that clients know.</summary>
public sealed partial class LocalDevices(IGrainFactory grains, ILogger<LocalDevices> logger)
{
    private const int ReportedAtOnce = 500;

    private readonly ConcurrentDictionary<string, IDeviceListener> _listeners = new();
    private readonly Coalesced _listing = new();

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

    /// <summary>Nodes came or went: fetches the list and tells all who are here. Never throws.</summary>
    public Task NodesChanged() => _listing.Run(
        async () =>
        {
            var nodes = await GetNodes();
            foreach (var listener in _listeners.Values) listener.OnNodesChanged(nodes);
        },
        LogFailed);

    /// <summary>After the lease was broken: all that are here are online again, and look for what they were not told.</summary>
    public async Task Restore()
    {
        if (_listeners.IsEmpty) return;
        foreach (var some in _listeners.Values.SelectMany(listener => listener.Sockets).Chunk(ReportedAtOnce))
        {
            await grains.ClientDirectory().ReportLocations([.. some]);
        }
        foreach (var listener in _listeners.Values) listener.Revalidate();
        await NodesChanged();
    }

    [LoggerMessage(LogLevel.Warning, "The list of nodes could not be fetched")]
    private partial void LogFailed(Exception failure);
}
