using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SocketIo.EngineIo;

/// <summary>
/// Which web pages may connect: those of the same origin, and those that are named. A browser lets any page open a WebSocket to
/// anywhere, cookies included, so a foreign page is refused and not merely left without CORS headers.
/// </summary>
public sealed class OriginPolicy
{
    private readonly HashSet<WebOrigin> _named;
    private readonly bool _isOpen;

    /// <summary>A policy that admits these origins too.</summary>
    /// <param name="named">See <see cref="IsValid"/>; others are passed over.</param>
    public OriginPolicy(IEnumerable<string> named)
    {
        var texts = named.ToList();
        _isOpen = texts.Contains("*");
        _named = [.. texts.Select(ParseSetting).OfType<WebOrigin>()];
    }

    /// <summary>
    /// Whether a text can name an origin: <c>https://app.example.org</c>, <c>capacitor://localhost</c>, with a port if it is not the
    /// scheme's own; <c>null</c> and <c>file://</c>, which say nothing of whose page it is; or <c>*</c> for every origin.
    /// </summary>
    public static bool IsValid(string origin) => origin == "*" || ParseSetting(origin) is not null;

    /// <summary>Whether an <c>Origin</c> header's value is one of those that are named; <c>*</c> aside.</summary>
    public bool Names(string origin) => WebOrigin.Parse(origin) is { } page && _named.Contains(page);

    /// <summary>Whether a request comes from a page that may connect, or from no page at all.</summary>
    public bool Allows(HttpRequest request)
    {
        var header = request.Headers.Origin;
        if (header.Count == 0 || _isOpen) return true;
        return header is [{ } origin] && WebOrigin.Parse(origin) is { } page
            && (_named.Contains(page) || IsOwn(page, request));
    }

    /// <summary>As <see cref="Allows"/>, and sets the CORS headers.</summary>
    internal bool Admit(HttpContext context)
    {
        if (!Allows(context.Request)) return false;
        if (context.Request.Headers.Origin is not [{ } origin]) return true;

        var headers = context.Response.Headers;
        if (Names(origin))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }
        else if (_isOpen)
        {
            headers.AccessControlAllowOrigin = "*";
        }

        return true;
    }

    /// <summary>Answers the request that a browser sends before it asks across origins.</summary>
    internal static Task AnswerPreflightAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET,POST"; // all that Engine.IO has
        if (context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    internal static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>
    /// Whether the page is of the address that was asked for. A proxy may have ended TLS without our knowing, so the scheme of a
    /// request that came in clear is not held against a secure page.
    /// </summary>
    private static bool IsOwn(WebOrigin page, HttpRequest request)
    {
        // The browser's own word, which no page can write; it counts where a proxy has put another host in the place of ours.
        if (request.Headers["Sec-Fetch-Site"] == "same-origin") return true;
        if (page.Scheme != "https" && (page.Scheme != "http" || request.IsHttps)) return false;
        return WebOrigin.Parse($"{page.Scheme}://{request.Host.Value}") == page;
    }

    private static WebOrigin? ParseSetting(string text) =>
        WebOrigin.Parse(text.EndsWith('/') && !text.EndsWith("//", StringComparison.Ordinal) ? text[..^1] : text);
}
