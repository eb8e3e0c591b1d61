using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Gatehouse.Hosting;

/// <summary>Exports the meters: always as Prometheus text at <c>/metrics</c>, and by OTLP where an endpoint is configured.</summary>
public static class Metrics
{
    private static readonly string[] Meters =
    [
        "Gatehouse.*", "Npgsql", "System.Runtime", "Microsoft.Orleans",
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections",
    ];

    public static IServiceCollection AddMetricsExport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton(provider =>
        {
            var metrics = Sdk.CreateMeterProviderBuilder()
                .AddMeter(Meters)
                .AddReader(new BaseExportingMetricReader(provider.GetRequiredService<PrometheusText>()));
            // The names of OpenTelemetry's own specification; the exporter reads the rest of them from the environment.
            if (!string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) metrics.AddOtlpExporter();
            return metrics.Build();
        });
        return services;
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        // Built now, not at the first scrape: what happens before it is built is not counted.
        var provider = routes.ServiceProvider.GetRequiredService<MeterProvider>();
        var text = routes.ServiceProvider.GetRequiredService<PrometheusText>();
        var collecting = new Lock();
        routes.MapGet("/metrics", () =>
        {
            lock (collecting)
            {
                provider.ForceFlush();
                return Results.Text(text.Text, PrometheusText.ContentType);
            }
        });
    }
}
