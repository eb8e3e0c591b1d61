using System.Globalization;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Lets no address open connections without end, whichever transport they are for.</summary>
public static class HandshakeLimit
{
    // As Engine.IO words its refusals; other clients look at the status alone.
    private static readonly object Refusal = new { code = 4, message = "Too many connections" };

    public static void UseHandshakeLimit(this IApplicationBuilder app)
    {
        var limiter = app.ApplicationServices.GetRequiredService<Limiter>();
        app.Use((context, next) =>
        {
            if (!IsHandshake(context)
                || limiter.Take(Limit.Handshakes, ClientAddress.Of(context.Connection.RemoteIpAddress)).RetryAfter is not { } wait)
            {
                return next();
            }
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            return context.Response.WriteAsJsonAsync(Refusal);
        });
    }

    private static bool IsHandshake(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Door>() is { } door
        && !HttpMethods.IsOptions(context.Request.Method)
        && (door.SessionParameter is null || !context.Request.Query.ContainsKey(door.SessionParameter));
}
