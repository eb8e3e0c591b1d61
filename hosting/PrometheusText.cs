using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Gatehouse.Hosting;

/// <summary>
/// Writes collected metrics in the Prometheus text format, version 0.0.4. OpenTelemetry does the counting; its own Prometheus
/// exporter was never released as stable.
/// </summary>
public sealed class PrometheusText : BaseExporter<Metric>
{
    /// <summary>The content type of what <see cref="Text"/> returns.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>The metrics as of the last collection.</summary>
    public string Text => _text.ToString();

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text.Clear();
        var metrics = new List<Metric>();
        foreach (var metric in batch) metrics.Add(metric);
        // Two meters may name one instrument alike; the format allows each name's header once.
        foreach (var group in metrics.GroupBy(NameOf)) Write(group.Key, [.. group]);
        return ExportResult.Success;
    }

    private void Write(string name, List<Metric> metrics)
    {
        var kind = metrics[0].MetricType switch
        {
            MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            _ => "gauge",
        };
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(metrics[0].Description)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (kind == "histogram") WriteHistogram(name, point);
                else WriteSample(name, Labels(point), ValueOf(metric, point));
            }
        }
    }

    private void WriteHistogram(string name, in MetricPoint point)
    {
        var labels = Labels(point);
        var cumulative = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
            WriteSample(name + "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", Number(cumulative));
        }
        WriteSample(name + "_sum", labels, Number(point.GetHistogramSum()));
        WriteSample(name + "_count", labels, Number(point.GetHistogramCount()));
    }

    private void WriteSample(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value).Append('\n');
    }

    /// <summary>Dots become underscores, the unit a suffix, and a counter ends in "total", as is the custom there.</summary>
    private static string NameOf(Metric metric)
    {
        var name = new StringBuilder();
        foreach (var letter in metric.Name) name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (unit.Length > 0 && !name.ToString().EndsWith(unit, StringComparison.Ordinal)) name.Append(unit);
        if (metric.MetricType is MetricType.LongSum or MetricType.DoubleSum) name.Append("_total");
        return name.ToString();
    }

    private static string ValueOf(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => Number(point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Number(point.GetSumDouble()),
        MetricType.LongGauge => Number(point.GetGaugeLastValueLong()),
        _ => Number(point.GetGaugeLastValueDouble()),
    };

    private static string Labels(in MetricPoint point)
    {
        var labels = new StringBuilder();
        foreach (var tag in point.Tags)
        {
            if (labels.Length > 0) labels.Append(',');
            foreach (var letter in tag.Key) labels.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
            var value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            labels.Append("=\"").Append(Escape(value).Replace("\"", "\\\"")).Append('"');
        }
        return labels.ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\n", "\\n");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
