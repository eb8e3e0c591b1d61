using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SocketIo.EngineIo;

/// <summary>Turns a request into a WebSocket: an HTTP/1.1 upgrade, or an extended CONNECT of HTTP/2 and later.</summary>
internal static class WebSocketHandshake
{
    /// <summary>Whether the request asks for a WebSocket as it should.</summary>
    public static bool IsValid(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.SecWebSocketVersion != "13") return false;
        if (IsExtendedConnect(context)) return true;
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HttpMethods.IsGet(request.Method)
            && request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            && Key(request) is { Length: 24 } key
            && Convert.TryFromBase64String(key, stackalloc byte[18], out var length) && length == 16;
    }

    /// <summary>The method by which a handshake comes: GET, except with an extended CONNECT.</summary>
    public static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <summary>Accepts; the stream is the client's from now on.</summary>
    public static async ValueTask<Stream> AcceptAsync(HttpContext context)
    {
        if (IsExtendedConnect(context))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
        }

        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        headers.SecWebSocketAccept = AcceptKey(Key(context.Request));
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    internal static string AcceptKey(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));

    private static string Key(HttpRequest request) => request.Headers.SecWebSocketKey.ToString();
}
