using System.Collections;
using System.Collections.Frozen;
using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol's client events: the one place that names them, for every transport.</summary>
/// <remarks>Names are compared without regard to case, because SignalR compares method names so.</remarks>
public sealed class EventTable<TProtocol> : IEnumerable<string>
{
    private readonly Dictionary<string, Entry> _building = new(StringComparer.OrdinalIgnoreCase);
    private FrozenDictionary<string, Entry>? _entries;

    /// <summary>Adds an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="handle">The method that handles it.</param>
    /// <param name="failure">The server event that tells the client that it failed.</param>
    public void Add(string name, Func<TProtocol, JsonElement, Task> handle, ServerEvent failure) =>
        _building.Add(name, new Entry(name, handle, failure));

    /// <summary>The event of that name; null when the protocol has none.</summary>
    public Entry? Find(string name) =>
        (_entries ??= _building.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase)).GetValueOrDefault(name);

    /// <summary>The names of all events.</summary>
    public IEnumerator<string> GetEnumerator() => _building.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One event of the table.</summary>
    public sealed record Entry(string Name, Func<TProtocol, JsonElement, Task> Handle, ServerEvent Failure);
}
