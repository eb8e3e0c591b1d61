using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>The sessions that have a connection in this process.</summary>
public sealed class LocalSessions
{
    private readonly ConcurrentDictionary<string, ImmutableArray<ISessionListener>> _listeners = new();

    public bool IsEmpty => _listeners.IsEmpty;

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

    /// <summary>Lets the listeners of these sessions fetch their news, without waiting for them.</summary>
    public void Wake(IEnumerable<string> sessionIds)
    {
        foreach (var sessionId in sessionIds)
        {
            foreach (var listener in _listeners.GetValueOrDefault(sessionId, [])) _ = listener.SessionChanged();
        }
    }

    /// <summary>After wake-ups may have been lost: all listeners look, a few at a time.</summary>
    public Task WakeAll(int atOnce, CancellationToken cancellation) => Parallel.ForEachAsync(
        _listeners.Values.SelectMany(listeners => listeners),
        new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
        async (listener, _) => await listener.SessionChanged());
}
