using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// The HTTP part of react-auth. The body's <c>type</c> decides, whatever the address. A refusal has status 200, because the
/// client knows no other.
/// </summary>
public static class ReactAuthEndpoints
{
    private const string Cookie = "gatehouse.session";
    private const string AnyType = "*/*";
    private const int MaxBody = 64 * 1024;
    private const int MaxDepth = 64;

    public static void MapReactAuth(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/auth/login", "/auth/resume"])
        {
            routes.MapPost(path, Handle)
                .WithName(path == "/auth/login" ? "login" : "resume")
                .WithSummary("Log in, or go on with a session, as the body's type says.")
                // Routing would answer any other type by itself, with a status that the client does not know.
                .Accepts<ReactAuthRequest>("application/x-www-form-urlencoded", "application/json", AnyType)
                .Produces<ReactAuthResponse>()
                .AddOpenApiOperationTransformer((operation, _, _) =>
                {
                    operation.RequestBody?.Content?.Remove(AnyType);
                    return Task.CompletedTask;
                });
        }
    }

    private static async Task<IResult> Handle(HttpContext context, ReactAuthLogin login, OriginCheck origins)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        var response = ReactAuthResponse.Refused;
        if (origins.Allows(context.Request) && await Read(context.Request) is { } request)
        {
            response = request.Type switch
            {
                ReactAuthTypes.Authenticate => await login.Authenticate(
                    request.Username, request.Password, ClientAddress.Of(context.Connection.RemoteIpAddress)),
                ReactAuthTypes.Resume => await login.Resume(SessionTicket.Parse(OnlyCookie(context.Request))),
                _ => ReactAuthResponse.Refused,
            };
            if (response.Success) SetCookie(context, response.Session);
        }
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(response);
    }

    /// <summary>Two cookies of the name, one of which somebody may have planted, are none.</summary>
    private static string? OnlyCookie(HttpRequest request)
    {
        var values = request.Headers.Cookie
            .SelectMany(header => (header ?? "").Split(';', StringSplitOptions.TrimEntries))
            .Where(pair => pair.StartsWith(Cookie + "=", StringComparison.Ordinal))
            .Select(pair => pair[(Cookie.Length + 1)..])
            .ToList();
        return values is [var only] ? only : null;
    }

    // Without an expiry of its own: the server knows when the session is over, and a closed browser forgets it.
    private static void SetCookie(HttpContext context, string ticket) => context.Response.Cookies.Append(
        Cookie,
        ticket,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/" });

    /// <summary>The request in the body; null when it is none, too long, or says a thing twice.</summary>
    private static async Task<ReactAuthRequest?> Read(HttpRequest request)
    {
        try
        {
            if (IsUrlEncoded(request))
            {
                var form = await request.ReadFormAsync();
                return form.Any(field => field.Value.Count > 1)
                    ? null
                    : new ReactAuthRequest(One(form["type"]), One(form["username"]), One(form["password"]));
            }
            if (!request.HasJsonContentType()) return null;
            using var body = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            var root = body.RootElement;
            return new ReactAuthRequest(root.Text("type"), root.Text("username"), root.Text("password"));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidDataException or BadHttpRequestException or IOException)
        {
            return null;
        }
    }

    private static bool IsUrlEncoded(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static string? One(StringValues values) => values.Count == 1 ? values[0] : null;
}

/// <summary>The body of a react-auth HTTP request.</summary>
/// <param name="Type">Which request it is, see <see cref="ReactAuthTypes"/>.</param>
/// <param name="Username">The name, to log in.</param>
/// <param name="Password">The password, to log in.</param>
public sealed record ReactAuthRequest(string? Type, string? Username, string? Password);
