using System.Globalization;
using Gatehouse.Gateway.Cluster;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Hosting;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// Lets no address open connections without end, nor have too many open, whichever transport they are for; and nobody when the process is
/// about to stop, or finds no silo.
/// </summary>
public static class HandshakeLimit
{
    // As Engine.IO words its refusals; other clients look at the status alone.
    private static readonly object Refusal = new { code = 4, message = "Too many connections" };

    private static readonly object Farewell = new { code = 4, message = "This server is about to stop" };

    private static readonly object Away = new { code = 4, message = "This server cannot do anything at the moment" };

    public static void UseHandshakeLimit(this IApplicationBuilder app)
    {
        var limiter = app.ApplicationServices.GetRequiredService<Limiter>();
        var draining = app.ApplicationServices.GetRequiredService<Draining>();
        // None where the silo is in this process.
        var cluster = app.ApplicationServices.GetService<ClusterConnection>();
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<Door>() is not { } door || !door.TakesPlace(context.Request))
            {
                await next();
                return;
            }
            var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
            var isHandshake = door.IsHandshake(context.Request);
            var unwilling = draining.HasBegun ? Farewell : cluster is { IsConnected: false } ? Away : null;
            if (isHandshake && unwilling is not null)
            {
                // A proxy takes it to another gateway. Whoever came in could only be told of failures, and some take those for a logout.
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsJsonAsync(unwilling);
                return;
            }
            var handshake = isHandshake
                ? await limiter.Enter(Limit.Handshakes, address, null, context.RequestAborted)
                : Admission.Granted;
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
