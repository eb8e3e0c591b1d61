using System.Globalization;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Hosting;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Lets no address open connections without end, whichever transport they are for, and nobody when the process is about to stop.</summary>
public static class HandshakeLimit
{
    // As Engine.IO words its refusals; other clients look at the status alone.
    private static readonly object Refusal = new { code = 4, message = "Too many connections" };

    private static readonly object Farewell = new { code = 4, message = "This server is about to stop" };

    public static void UseHandshakeLimit(this IApplicationBuilder app)
    {
        var limiter = app.ApplicationServices.GetRequiredService<Limiter>();
        var draining = app.ApplicationServices.GetRequiredService<Draining>();
        app.Use((context, next) =>
        {
            if (draining.HasBegun && IsHandshake(context))
            {
                // A proxy takes it to another gateway.
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsJsonAsync(Farewell);
            }
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
