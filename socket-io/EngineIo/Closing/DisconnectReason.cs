namespace SocketIo.EngineIo;

/// <summary>Why a connection, or a socket's part of it, ended.</summary>
public enum DisconnectReason
{
    /// <summary>The client closed the connection, or the network did.</summary>
    TransportClose,

    /// <summary>The transport failed: a cancelled poll, a cut frame, a broken rule of WebSocket or Engine.IO.</summary>
    TransportError,

    /// <summary>The client did not answer, or did not send, a heartbeat in time.</summary>
    PingTimeout,

    /// <summary>The client sent what is no packet of the protocol.</summary>
    ParseError,

    /// <summary>The client sent more than <see cref="EngineIoOptions.MaxPayload"/> at once.</summary>
    PayloadTooLarge,

    /// <summary>The client read too slowly and its send queue was full.</summary>
    SlowConsumer,

    /// <summary>The client held the most when all clients had sent more than could be handled for too long.</summary>
    Overload,

    /// <summary>The client connected to no namespace of Socket.IO in time.</summary>
    ConnectTimeout,

    /// <summary>The client left the namespace.</summary>
    ClientDisconnect,

    /// <summary>This program disconnected the socket or closed the connection.</summary>
    ServerDisconnect,

    /// <summary>The same client came back by a new connection, before the loss of this one was noticed.</summary>
    Replaced,

    /// <summary>A handler of this program threw an exception that left the connection without an owner.</summary>
    ServerError,

    /// <summary>The program is stopping.</summary>
    ServerShutdown,
}
