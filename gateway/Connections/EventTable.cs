using System.Collections;
using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol's client events: the one place that names them, for every transport.</summary>
/// <typeparam name="TProtocol">The protocol.</typeparam>
/// <typeparam name="TAnswer">What its methods return.</typeparam>
public sealed class EventTable<TProtocol, TAnswer> : IEnumerable<string> where TAnswer : Task
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="handle">The method that handles it.</param>
    /// <param name="failure">The server event that tells the client that it failed, in a protocol that answers by events.</param>
    public void Add(string name, Func<TProtocol, JsonElement, TAnswer> handle, ServerEvent failure = default) =>
        _entries.Add(name, new Entry(name, handle, failure));

    /// <summary>The event of that name; null when the protocol has none.</summary>
    public Entry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The names of all events.</summary>
    public IEnumerator<string> GetEnumerator() => _entries.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One event of the table.</summary>
    public sealed record Entry(string Name, Func<TProtocol, JsonElement, TAnswer> Handle, ServerEvent Failure);
}
