namespace SocketIo.EngineIo;

/// <summary>The transports of Engine.IO.</summary>
[Flags]
public enum EngineTransports
{
    /// <summary>HTTP long-polling.</summary>
    Polling = 1,

    /// <summary>WebSocket.</summary>
    WebSocket = 2,

    /// <summary>Both.</summary>
    All = Polling | WebSocket,
}
