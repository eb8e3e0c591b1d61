using System.Text.Json;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;

namespace Gatehouse.Gateway.Connections;

/// <summary>A named event that clients send.</summary>
/// <typeparam name="TProtocol">The protocol that has it.</typeparam>
/// <param name="Name">Its name.</param>
/// <param name="Handle">The method that handles it.</param>
/// <param name="Failure">The server event that tells the client that it failed; null in a protocol that tells so in another way.</param>
/// <param name="Limit">What limits it besides its being an event; null when nothing does.</param>
/// <param name="IsPipelined">
/// Whether the next of its kind may come while it is under way. Its method brings it into its order before it waits for anything.
/// </param>
public sealed record ClientEvent<TProtocol>(
    string Name, Func<TProtocol, JsonElement, Task> Handle, ServerEvent? Failure, Limit? Limit = null, bool IsPipelined = false)
{
    private EventTally? _tally;

    /// <summary>What counts it.</summary>
    /// <param name="protocolName">The protocol's name.</param>
    internal EventTally Tally(string protocolName) => _tally ??= GatewayMeters.EventsOf(protocolName, Name);
}
