using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol whose sessions a transport can carry over to a new connection.</summary>
public interface IResumableProtocol : IEventProtocol
{
    /// <summary>
    /// Refuses an event that came with binary data, for which no protocol has a place. Never throws. What comes of it is what comes of
    /// any payload that is not acceptable.
    /// </summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">Its first argument, in which something else stands for the data.</param>
    Task RefuseBinary(string name, JsonElement payload);

    /// <summary>Goes on with the session of the connection's ticket.</summary>
    /// <param name="offset">The <see cref="ServerEvent.Offset"/> of the last event that the client has seen; null when it saw none.</param>
    /// <returns>What the client missed, for the transport to send; null when the session is gone.</returns>
    Task<IReadOnlyList<ServerEvent>?> Resume(string? offset);
}
