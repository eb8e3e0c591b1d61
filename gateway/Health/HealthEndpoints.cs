using Gatehouse.Gateway.Delivery;
using Gatehouse.Silo;

namespace Gatehouse.Gateway.Health;

/// <summary>The three probes. Each answers 200 or 503 with a few words of JSON.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var lifetime = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        var silo = routes.ServiceProvider.GetRequiredService<SiloHealth>();
        var lease = routes.ServiceProvider.GetRequiredService<GatewayLease>();

        // Live looks at nothing outside this process: restarting it would not mend the database.
        routes.MapGet("/healthz/live", () => Report(true));
        routes.MapGet("/healthz/startup", () => Report(lifetime.ApplicationStarted.IsCancellationRequested));
        routes.MapGet("/healthz/ready", async (CancellationToken cancellation) =>
        {
            var isDraining = lifetime.ApplicationStopping.IsCancellationRequested;
            var hasDatabase = await silo.HasDatabase(cancellation);
            return Report(!isDraining && hasDatabase && lease.IsHeld, new
            {
                database = hasDatabase ? "up" : "away",
                lease = lease.IsHeld ? "held" : "lost",
                draining = isDraining,
                engine = SiloHosting.Engine,
            });
        });
    }

    private static IResult Report(bool isWell, object? details = null) => Results.Json(
        new { status = isWell ? "ok" : "unavailable", details },
        statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
