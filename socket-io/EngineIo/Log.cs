using Microsoft.Extensions.Logging;

namespace SocketIo.EngineIo;

// A connection goes by the web server's name for it: session ids are secrets, and payloads are nobody's business.
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Connection {Connection} opened: revision {Revision}, {Transport}")]
    public static partial void Opened(ILogger logger, string connection, int revision, EngineTransports transport);

    [LoggerMessage(2, LogLevel.Debug, "Connection {Connection} ended: {Reason}")]
    public static partial void Closed(ILogger logger, string connection, DisconnectReason reason);

    [LoggerMessage(3, LogLevel.Debug, "Connection {Connection} broke a rule: {Rule}")]
    public static partial void Violation(ILogger logger, string connection, string rule);

    [LoggerMessage(4, LogLevel.Error, "A handler failed on connection {Connection}")]
    public static partial void HandlerFailed(ILogger logger, string connection, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "Writing to connection {Connection} failed unexpectedly")]
    public static partial void Failed(ILogger logger, string connection, Exception exception);
}
