using System.Globalization;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Lets no address open connections without end, nor have too many open, whichever transport they are for.</summary>
public static class HandshakeLimit
{
    // As Engine.IO words its refusals; other clients look at the status alone.
    private static readonly object Refusal = new { code = 4, message = "Too many connections" };

    public static void UseHandshakeLimit(this IApplicationBuilder app)
    {
        var limiter = app.ApplicationServices.GetRequiredService<Limiter>();
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<Door>() is not { } door || !door.TakesPlace(context.Request))
            {
                await next();
                return;
            }
            var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
            var handshake = door.IsHandshake(context.Request) ? limiter.Take(Limit.Handshakes, address) : Admission.Granted;
            var admission = handshake.IsGranted ? limiter.Occupy(Limit.Connections, address) : handshake;
            if (admission.RetryAfter is { } wait)
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
                await context.Response.WriteAsJsonAsync(Refusal);
                return;
            }
            using var place = new ConnectionPlace(admission);
            context.Features.Set(place);
            await next();
        });
    }
}
