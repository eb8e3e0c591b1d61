using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// Refuses what a page of another site sends in its visitor's name: a browser adds the visitor's cookie by itself, and the
/// <c>Origin</c> header tells which page it was.
/// </summary>
public sealed class OriginCheck(IOptions<OriginOptions> options)
{
    private readonly HashSet<string> _allowed = new(
        options.Value.AllowedOrigins.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the request comes from an allowed page, or from no page at all.</summary>
    public bool Allows(HttpRequest request)
    {
        if (request.Headers.Origin is not [{ } origin]) return request.Headers.Origin.Count == 0;
        // Only the host is compared: behind a proxy that ends TLS the scheme is not ours to know.
        return _allowed.Contains(origin)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && HostString.FromUriComponent(page).Equals(request.Host.HasValue ? Complete(request) : default));
    }

    /// <summary>The host as the browser wrote it in Origin: a default port is left out there.</summary>
    private static HostString Complete(HttpRequest request) =>
        request.Host.Port is 80 or 443 ? new HostString(request.Host.Host) : request.Host;
}
