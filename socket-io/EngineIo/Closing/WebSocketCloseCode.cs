namespace SocketIo.EngineIo;

internal enum WebSocketCloseCode : ushort
{
    /// <summary>A close frame without a code.</summary>
    None = 0,
    Normal = 1000,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    InvalidPayload = 1007,
    PolicyViolation = 1008,
    TooBig = 1009,
    InternalError = 1011,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
}
