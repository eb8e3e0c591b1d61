namespace SocketIo.EngineIo;

/// <summary>The client broke a rule; the connection ends. The message is fit for the client and for logs: no payload in it.</summary>
internal sealed class EngineProtocolException(DisconnectReason reason, WebSocketCloseCode closeCode, string message) : Exception(message)
{
    public DisconnectReason Reason { get; } = reason;

    public WebSocketCloseCode CloseCode { get; } = closeCode;

    public static EngineProtocolException Parse(string message) =>
        new(DisconnectReason.ParseError, WebSocketCloseCode.ProtocolError, message);
}
