using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>The sessions that have a connection in this process.</summary>
public sealed class LocalSessions
{
    private readonly ConcurrentDictionary<string, ImmutableArray<ISessionListener>> _listeners = new();

    public bool IsEmpty => _listeners.IsEmpty;

    /// <summary>The sessions that are here at the moment.</summary>
    public IEnumerable<string> Ids => _listeners.Keys;

    public void Add(string sessionId, ISessionListener listener) =>
        _listeners.AddOrUpdate(sessionId, [listener], (_, present) => present.Add(listener));

    public void Remove(string sessionId, ISessionListener listener)
    {
        while (_listeners.TryGetValue(sessionId, out var present))
        {
            var rest = present.Remove(listener);
            var removed = rest.IsEmpty
                ? _listeners.TryRemove(new(sessionId, present))
                : _listeners.TryUpdate(sessionId, rest, present);
            if (removed) return;
        }
    }

    public bool Has(string sessionId) => _listeners.ContainsKey(sessionId);

    /// <summary>The connections of a session; none when it is not here.</summary>
    public ImmutableArray<ISessionListener> Find(string sessionId) => _listeners.GetValueOrDefault(sessionId, []);
}
