using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// One protocol, as spoken on one connection: translates named client events into grain calls, and the results into named
/// server events. Holds no truth. A transport calls <see cref="Receive"/> for one event at a time.
/// </summary>
public interface IEventProtocol
{
    /// <summary>Handles one event and returns when its answer has been sent. Never throws: every failure is an answer.</summary>
    /// <param name="name">The event's name; empty when the client's frame could not be read.</param>
    /// <param name="payload">Its first argument; <see cref="JsonValueKind.Undefined"/> when there is none.</param>
    /// <returns>The answer, in a protocol that answers each request and not by events; otherwise null.</returns>
    Task<object?> Receive(string name, JsonElement payload);

    /// <summary>The connection is gone; nothing can be sent any more.</summary>
    Task Closed();
}
