using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gatehouse.Hosting;

/// <summary>
/// Exports what is measured: always as Prometheus text at <c>/metrics</c>; by OTLP, traces too, where an endpoint is configured.
/// The names of the settings are those of OpenTelemetry's own specification, which reads most of them by itself.
/// </summary>
public static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Whether anybody is told of traces, by OTLP or in the log. If not, nothing should be done for them.</summary>
    public static bool HasTraces(this IConfiguration configuration) => HasReceiver(configuration) || Logs.AreJson(configuration);

    internal static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton(provider => new BaseExportingMetricReader(provider.GetRequiredService<PrometheusText>()));
        services.AddSingleton<ProcessMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "gatehouse"))
            .WithMetrics(metrics => metrics
                .AddMeter("Gatehouse.*", "System.Runtime", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddNpgsqlInstrumentation()
                .AddView(instrument => IsDear(instrument) ? MetricStreamConfiguration.Drop : null)
                .AddReader(provider => provider.GetRequiredService<BaseExportingMetricReader>()));
        if (!HasReceiver(configuration)) return services;
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
        telemetry.WithTracing(traces => traces
            .AddSource("Gatehouse.*", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime")
            .AddAspNetCoreInstrumentation()
            .AddNpgsql()
            .AddProcessor<SpanPrivacy>()
            .AddOtlpExporter());
        return services;
    }

    /// <summary>Sizes of each message between silos and gateways, and each buffer of the web server: nobody looks, and counting takes time.</summary>
    private static bool IsDear(Instrument instrument) =>
        instrument.Meter.Name == "Microsoft.AspNetCore.MemoryPool"
        || instrument.Name is "orleans-messaging-sent-messages-size" or "orleans-messaging-received-messages-size";

    private static bool HasReceiver(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[Endpoint]);

    internal static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var metrics = routes.ServiceProvider.GetRequiredService<ProcessMetrics>();
        routes.MapGet("/metrics", () => Results.Text(metrics.Collect(), PrometheusText.ContentType)).ForOperators();
    }
}
