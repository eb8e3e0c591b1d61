using OpenTelemetry.Metrics;

namespace Gatehouse.Hosting;

/// <summary>What this process counts, as of now.</summary>
public sealed class ProcessMetrics(BaseExportingMetricReader reader, PrometheusText text)
{
    private readonly Lock _collecting = new();

    /// <summary>In the format of <see cref="PrometheusText"/>.</summary>
    public string Collect()
    {
        lock (_collecting)
        {
            // This reader alone: to flush the provider would push by OTLP at each scrape.
            reader.Collect();
            return text.Text;
        }
    }
}
