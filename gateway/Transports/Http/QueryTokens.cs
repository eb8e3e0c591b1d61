using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// Moves <c>access_token</c> from the address to the header: browsers can give WebSockets and event streams no header, and an
/// address is written into logs and traces. Done where a request begins, before anybody has logged it.
/// </summary>
public sealed class QueryTokens(IServiceProvider services) : IHttpContextFactory
{
    private const string Parameter = "access_token";
    private const string Scheme = "Bearer ";

    private readonly DefaultHttpContextFactory _contexts = new(services);

    public HttpContext Create(IFeatureCollection features)
    {
        if (features.Get<IHttpRequestFeature>() is { } request && request.QueryString.Contains(Parameter, StringComparison.OrdinalIgnoreCase))
        {
            Move(request);
        }
        return _contexts.Create(features);
    }

    public void Dispose(HttpContext context) => _contexts.Dispose(context);

    /// <summary>The token that a request shows; null when it shows none.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization is [{ } header, ..] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    private static void Move(IHttpRequestFeature request)
    {
        var kept = new StringBuilder();
        foreach (var pair in new QueryStringEnumerable(request.QueryString))
        {
            if (!pair.DecodeName().Span.Equals(Parameter, StringComparison.OrdinalIgnoreCase))
            {
                kept.Append(kept.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
            }
            else if (request.Headers.Authorization.Count == 0)
            {
                request.Headers.Authorization = $"{Scheme}{pair.DecodeValue()}";
            }
        }
        request.QueryString = kept.ToString();
        request.RawTarget = request.PathBase + request.Path + request.QueryString;
    }
}
