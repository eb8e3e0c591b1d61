using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// One protocol, as spoken on one connection: translates named client events into grain calls, and the results into named
/// server events. Holds no truth. A transport calls <see cref="Receive"/> for one event after the other.
/// </summary>
public interface IEventProtocol
{
    /// <summary>
    /// Handles one event and returns when the next may come: mostly when its answer has been sent; of events of which many may be under
    /// way (<see cref="ClientEvent{TProtocol}.IsPipelined"/>) earlier. Never throws: every failure is an answer.
    /// </summary>
    /// <param name="name">The event's name; empty when the client's frame could not be read.</param>
    /// <param name="payload">Its first argument; <see cref="JsonValueKind.Undefined"/> when there is none.</param>
    /// <param name="answered">
    /// Called once, when all that the event brings has been sent: with the answer, in a protocol that answers each request and not by
    /// events; otherwise with null.
    /// </param>
    Task Receive(string name, JsonElement payload, Action<object?>? answered = null);

    /// <summary>Whether an event is under way, of which something may still have to be sent.</summary>
    bool IsBusy { get; }

    /// <summary>The connection is gone; nothing can be sent any more. What is still under way is finished first.</summary>
    Task Closed();
}
