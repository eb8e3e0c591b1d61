namespace SocketIo.EngineIo;

/// <summary>How packets are spelled on a connection.</summary>
internal enum WireForm : byte
{
    /// <summary>Revision 4.</summary>
    Revision4,

    /// <summary>Revision 3, for a client that can receive binary.</summary>
    Revision3,

    /// <summary>A WebSocket without Engine.IO: messages are bare, heartbeats are WebSocket's own.</summary>
    Plain,

    /// <summary>Revision 3, for a client that asked for base64 (<c>b64=1</c>).</summary>
    Revision3Base64,
}
