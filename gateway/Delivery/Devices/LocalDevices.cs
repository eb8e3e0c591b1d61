using System.Collections.Concurrent;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>The connections of devices (clients and nodes) in this process, by the ids that clients know.</summary>
public sealed partial class LocalDevices(IGrainFactory grains, ILogger<LocalDevices> logger)
{
    private const int AtOnce = 500;

    /// <summary>Between the questions for so many: however many devices there are, looking after them costs little.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    /// <summary>However many nodes come and go within a moment: the list goes to everybody, so it goes out once.</summary>
    private static readonly TimeSpan ListPause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, IDeviceListener> _listeners = new();
    private readonly Coalesced _listing = new();
    private OnlineNodes _told = new([], HasMore: false);
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

    /// <summary>Tells all who are here if other nodes are online than they were told, because a push was lost. To be called now and then.</summary>
    public async Task FindChangedNodes()
    {
        if (_listeners.IsEmpty) return;
        var nodes = await grains.ClientDirectory().GetOnlineNodes();
        if (nodes.HasMore != _told.HasMore || !nodes.Nodes.SequenceEqual(_told.Nodes)) await NodesChanged();
    }

    /// <summary>
    /// The lease was broken: all that are here have to be online again, and to look for what they were not told.
    /// </summary>
    public void RequireRestore() => _mustRestore = true;

    /// <summary>Restores them if that is required, and fetches the list of nodes if that has failed. To be called again and again.</summary>
    public async Task Retry()
    {
        if (_mustRestore) await Restore();
        if (_mustList) await NodesChanged();
    }

    /// <summary>
    /// Finds those whose mailboxes have something that they were not sent, because a push was lost or a look failed; they look again. To be
    /// called again and again.
    /// </summary>
    public async Task FindBehind()
    {
        foreach (var some in _listeners.Values.SelectMany(listener => listener.Positions, (listener, position) => (listener, position)).Chunk(AtOnce))
        {
            var behind = await grains.ClientDirectory().FindBehind([.. some.Select(one => one.position)]);
            foreach (var (listener, position) in some)
            {
                if (!behind.Contains(position)) continue;
                LogBehind(position.ClientId, position.Seen);
                listener.Revalidate();
            }
            if (some.Length == AtOnce) await Task.Delay(LookPause);
        }
    }

    private async Task ListNodes()
    {
        _mustList = false;
        // Nobody to tell: so it is when the process stops, and there is soon nobody to ask either.
        if (_listeners.IsEmpty) return;
        try
        {
            _told = await grains.ClientDirectory().GetOnlineNodes();
            var nodes = new NodeList(_told);
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
            foreach (var some in _listeners.Values.SelectMany(listener => listener.Sockets).Chunk(AtOnce))
            {
                await grains.ClientDirectory().ReportLocations([.. some]);
                // Whoever left meanwhile may have said so before this.
                foreach (var gone in some.Where(socket => !_listeners.ContainsKey(socket.WsId))) await grains.ClientDirectory().Leave(gone.WsId);
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

    [LoggerMessage(LogLevel.Debug, "Device {Id} has missed something after row {Seen}, and looks again")]
    private partial void LogBehind(int id, long seen);

    [LoggerMessage(LogLevel.Warning, "The list of nodes could not be fetched")]
    private partial void LogFailed(Exception failure);
}
