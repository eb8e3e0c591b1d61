using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>The client is gone, so it will not acknowledge.</summary>
public sealed class SocketDisconnectedException(DisconnectReason reason) : Exception($"The socket has been disconnected: {reason}.")
{
    /// <summary>Why it is gone.</summary>
    public DisconnectReason Reason { get; } = reason;
}
