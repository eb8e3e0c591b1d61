using Microsoft.AspNetCore.Http;

namespace SocketIo.EngineIo;

/// <summary>The documented errors of Engine.IO over HTTP.</summary>
internal sealed class EngineError
{
    public static readonly EngineError UnknownTransport = new(400, 0, "Transport unknown");
    public static readonly EngineError UnknownSession = new(400, 1, "Session ID unknown");
    public static readonly EngineError BadHandshakeMethod = new(400, 2, "Bad handshake method");
    public static readonly EngineError BadRequest = new(400, 3, "Bad request");
    public static readonly EngineError Forbidden = new(403, 4, "Forbidden");
    public static readonly EngineError UnsupportedVersion = new(400, 5, "Unsupported protocol version");

    // The protocol documents no code for these; the status says what is wrong.
    public static readonly EngineError TooBig = new(413, 3, "Bad request");
    public static readonly EngineError UpgradeRequired = new(426, 3, "This address speaks WebSocket, and a proxy in between may have dropped the Upgrade header");
    public static readonly EngineError Full = new(503, 4, "Forbidden");

    private readonly int _status;
    private readonly byte[] _body;

    private EngineError(int status, int code, string message)
    {
        _status = status;
        _body = [.. System.Text.Encoding.UTF8.GetBytes($$"""{"code":{{code}},"message":"{{message}}"}""")];
    }

    /// <param name="context">The request that is refused.</param>
    /// <param name="status">In place of the documented one.</param>
    public Task WriteAsync(HttpContext context, int? status = null)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.StatusCode = status ?? _status;
        if (_status == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = _body.Length;
        return context.Response.Body.WriteAsync(_body, context.RequestAborted).AsTask();
    }
}
