using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Gatehouse.Gateway.Connections;
using Microsoft.AspNetCore.Http.Features;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Takes requests to a protocol out of HTTP: a JSON object as the body, no page of another site.</summary>
public static class BodyEndpoint
{
    private const int MaxBody = 64 * 1024;
    private const int MaxDepth = 64;

    /// <summary>Answers requests of one method at a path.</summary>
    public static RouteHandlerBuilder MapBodies<TProtocol>(this IEndpointRouteBuilder routes, string method, string path)
        where TProtocol : IBodyProtocol => routes.MapMethods(
            path, [method], (HttpContext context, OriginPolicy origins, TProtocol protocol) => Handle(context, origins, protocol));

    private static async Task<IResult> Handle(HttpContext context, OriginPolicy origins, IBodyProtocol protocol)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = context.Request;
        if (!origins.Allows(request)) return Refuse(403, "origin not allowed");
        if (!request.HasJsonContentType()) return Refuse(415, "the body must be application/json");
        JsonElement body;
        try
        {
            body = await Read(context);
        }
        catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == 413)
        {
            return Refuse(413, "the body is too long");
        }
        // Cancelled: either end gave the connection up, and nobody reads the answer.
        catch (Exception unreadable) when (unreadable
            is JsonException or BadHttpRequestException or IOException or OperationCanceledException)
        {
            return Refuse(400, "the body must be a JSON object");
        }
        var answer = await protocol.Handle(request.Method, body, ClientAddress.Of(context.Connection.RemoteIpAddress));
        if (answer.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Results.Json(answer.Body, statusCode: answer.Status);

        IResult Refuse(int status, string reason) => Results.Json(protocol.Refuse(request.Method, reason), statusCode: status);
    }

    private static async Task<JsonElement> Read(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (!Utf8.IsValid(bytes.Span)) throw new JsonException();
        var body = JsonElement.Parse(bytes.Span, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        return body.ValueKind == JsonValueKind.Object ? body : throw new JsonException();
    }
}
