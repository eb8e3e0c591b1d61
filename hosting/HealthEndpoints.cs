using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// The three probes. Each answers 200 or 503 with a few words of JSON: <c>status</c>, and for each check its word, such as
/// <c>"database": "up"</c>.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>The tag of what <c>/healthz/ready</c> asks. Each part of the program adds its own checks.</summary>
    public const string Ready = "ready";

    private const string Startup = "startup";

    internal static IServiceCollection AddServiceHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddReadiness<Draining>("draining", draining => !draining.HasBegun, "false", "true");
        services.AddHealthChecks().Add(Check<IHostApplicationLifetime>(
            "started", host => host.ApplicationStarted.IsCancellationRequested, "true", "false", Startup));
        return services;
    }

    /// <summary>Has readiness depend on a part of the program.</summary>
    /// <param name="health">The checks.</param>
    /// <param name="name">The name in the report.</param>
    /// <param name="isWell">Asks the part; at once, because a probe must cost nothing.</param>
    /// <param name="well">What the report says if it is well.</param>
    /// <param name="unwell">And if not.</param>
    public static IHealthChecksBuilder AddReadiness<T>(
        this IHealthChecksBuilder health, string name, Func<T, bool> isWell, string well, string unwell) where T : notnull =>
        health.Add(Check(name, isWell, well, unwell, Ready));

    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Live looks at nothing outside this process: restarting it would not mend the database.
        routes.MapHealthChecks("/healthz/live", Of(_ => false)).ForOperators();
        routes.MapHealthChecks("/healthz/startup", Of(check => check.Tags.Contains(Startup))).ForOperators();
        routes.MapHealthChecks("/healthz/ready", Of(check => check.Tags.Contains(Ready))).ForOperators();
    }

    private static HealthCheckRegistration Check<T>(string name, Func<T, bool> isWell, string well, string unwell, string tag)
        where T : notnull => new(
            name,
            services => new PartCheck(() => isWell(services.GetRequiredService<T>()) ? (true, well) : (false, unwell)),
            HealthStatus.Unhealthy,
            [tag]);

    private static HealthCheckOptions Of(Func<HealthCheckRegistration, bool> which) => new()
    {
        Predicate = which,
        ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(new
        {
            status = report.Status == HealthStatus.Healthy ? "ok" : "unavailable",
            details = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description),
        }),
    };

    private sealed class PartCheck(Func<(bool IsWell, string Word)> look) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellation)
        {
            var (isWell, word) = look();
            return Task.FromResult(isWell ? HealthCheckResult.Healthy(word) : HealthCheckResult.Unhealthy(word));
        }
    }
}
