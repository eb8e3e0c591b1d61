using System.Collections;
using System.Text.Json;
using Gatehouse.Gateway.Limits;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol's client events: the one place that names them, for every transport.</summary>
/// <typeparam name="TProtocol">The protocol.</typeparam>
public sealed class EventTable<TProtocol> : IEnumerable<string>
{
    private readonly Dictionary<string, ClientEvent<TProtocol>> _events = new(StringComparer.Ordinal);

    /// <summary>Adds an event, see <see cref="ClientEvent{TProtocol}"/>.</summary>
    public void Add(string name, Func<TProtocol, JsonElement, Task> handle, ServerEvent? failure = null, Limit? limit = null) =>
        _events.Add(name, new(name, handle, failure, limit));

    /// <inheritdoc cref="Add(string, Func{TProtocol, JsonElement, Task}, ServerEvent?, Limit?)"/>
    public void Add(string name, Func<TProtocol, JsonElement, Task> handle, ServerEvent? failure, bool isPipelined) =>
        _events.Add(name, new(name, handle, failure, IsPipelined: isPipelined));

    /// <summary>The event of that name; null when the protocol has none.</summary>
    public ClientEvent<TProtocol>? Find(string name) => _events.GetValueOrDefault(name);

    /// <summary>The names of all events.</summary>
    public IEnumerator<string> GetEnumerator() => _events.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
