using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SocketIo.EngineIo;

/// <summary>
/// Which web pages may connect. A browser lets any page open a WebSocket to anywhere, cookies included, so a foreign page is refused
/// and not merely left without CORS headers.
/// </summary>
internal sealed class OriginPolicy(IEnumerable<string> allowed)
{
    private readonly HashSet<string> _allowed = new(allowed, StringComparer.OrdinalIgnoreCase);

    public static bool IsValid(string origin) =>
        origin == "*" ||
        (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin.ToLowerInvariant());

    /// <summary>Sets the CORS headers; false if the request comes from a page that may not connect.</summary>
    public bool Admit(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return true;

        var headers = context.Response.Headers;
        if (_allowed.Contains(origin))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            return true;
        }

        if (_allowed.Contains("*"))
        {
            headers.AccessControlAllowOrigin = "*";
            return true;
        }

        return IsSameHost(origin, request);
    }

    /// <summary>Answers the request that a browser sends before it asks across origins.</summary>
    public static Task AnswerPreflightAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET,POST";
        if (context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    // The scheme is not compared: behind a proxy that ends TLS the request comes by plain HTTP.
    private static bool IsSameHost(string origin, HttpRequest request)
    {
        var at = origin.IndexOf("://", StringComparison.Ordinal);
        return at > 0 && origin.AsSpan(at + 3).Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
