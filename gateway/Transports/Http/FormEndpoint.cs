using System.Globalization;
using System.Text.Json;
using Gatehouse.Gateway.Cluster;
using Gatehouse.Gateway.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// Takes requests to a protocol out of HTTP: bodies as forms or JSON, a cookie, no page of another site. Whatever the answer, the
/// status is 200, because the clients know no other; except that a proxy is to ask another gateway while this one finds no silo.
/// </summary>
public static class FormEndpoint
{
    private const int MaxBody = 64 * 1024;
    private const int MaxDepth = 64;
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>Answers requests at a path.</summary>
    public static RouteHandlerBuilder MapForms<TProtocol>(this IEndpointRouteBuilder routes, string path)
        where TProtocol : IRequestProtocol => routes.MapPost(
            path, (HttpContext context, OriginPolicy origins, IOptions<WebOptions> web, TProtocol protocol, [FromServices] ClusterConnection? cluster) =>
                cluster is { IsConnected: false }
                    ? Task.FromResult(Results.Json(protocol.Refusal.Body, statusCode: StatusCodes.Status503ServiceUnavailable))
                    : Handle(context, origins, web.Value, protocol));

    private static async Task<IResult> Handle(
        HttpContext context, OriginPolicy origins, WebOptions web, IRequestProtocol protocol)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        var answer = origins.Allows(context.Request) && await ReadFields(context.Request) is { } fields
            ? await protocol.Handle(new ClientRequest(
                fields,
                OnlyCookie(context.Request, protocol.CookieName),
                ClientAddress.Of(context.Connection.RemoteIpAddress),
                context.RequestAborted))
            : protocol.Refusal;
        if (answer.Cookie is not null) SetCookie(context, protocol.CookieName, answer.Cookie, web.PathBase ?? "/");
        if (answer.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(answer.Body);
    }

    /// <summary>Two cookies of one name, of which somebody may have planted one, are none.</summary>
    private static string? OnlyCookie(HttpRequest request, string name)
    {
        var values = request.Headers.Cookie
            .SelectMany(header => (header ?? "").Split(';', StringSplitOptions.TrimEntries))
            .Where(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))
            .Select(pair => pair[(name.Length + 1)..])
            .ToList();
        return values is [var only] ? only : null;
    }

    // Without an expiry of its own: the server knows when the session is over, and a closed browser forgets it.
    private static void SetCookie(HttpContext context, string name, string value, string path) => context.Response.Cookies.Append(
        name,
        value,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = path });

    /// <summary>The body's texts; null when it cannot be read, is too long, or says a thing twice.</summary>
    private static async Task<Dictionary<string, string>?> ReadFields(HttpRequest request)
    {
        try
        {
            if (request.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) == true)
            {
                var form = await request.ReadFormAsync();
                return form.Any(field => field.Value.Count > 1)
                    ? null
                    : form.ToDictionary(field => field.Key, field => field.Value.ToString());
            }
            if (!request.HasJsonContentType()) return null;
            using var body = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return body.RootElement.ValueKind != JsonValueKind.Object ? null : body.RootElement.EnumerateObject()
                .Where(field => field.Value.Text() is not null)
                .ToDictionary(field => field.Name, field => field.Value.Text()!);
        }
        // Cancelled: this end gave the connection up, as a stop does after its time, and nobody reads the answer.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidDataException or InvalidOperationException
            or BadHttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
