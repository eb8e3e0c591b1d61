namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol whose sessions a transport can carry over to a new connection.</summary>
public interface IResumableProtocol : IEventProtocol
{
    /// <summary>Goes on with the session of the connection's ticket.</summary>
    /// <param name="offset">The <see cref="ServerEvent.Offset"/> of the last event that the client has seen; null when it saw none.</param>
    /// <returns>What the client missed, for the transport to send; null when the session is gone.</returns>
    Task<IReadOnlyList<ServerEvent>?> Resume(string? offset);
}
