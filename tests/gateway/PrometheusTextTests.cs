using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Gatehouse.Gateway.Observability;
using Gatehouse.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Gatehouse.Gateway.Tests;

public sealed partial class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("test." + Guid.NewGuid());
    private readonly PrometheusText _text = new();
    private readonly MeterProvider _provider;

    public PrometheusTextTests() => _provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(_meter.Name)
        .AddReader(new BaseExportingMetricReader(_text))
        .Build();

    [Fact]
    public void ACounterEndsInTotal()
    {
        var counter = _meter.CreateCounter<long>("gatehouse.event.sent", "{event}", "Server events.");
        counter.Add(2, new KeyValuePair<string, object?>("transport", "signalr"));
        counter.Add(3, new KeyValuePair<string, object?>("transport", "signalr"));
        Assert.Equal(
            """
            # HELP gatehouse_event_sent_total Server events.
            # TYPE gatehouse_event_sent_total counter
            gatehouse_event_sent_total{transport="signalr"} 5

            """, Collect());
    }

    [Fact]
    public void WhatGoesUpAndDownIsAGauge()
    {
        var active = _meter.CreateUpDownCounter<long>("session.active", "{session}", "Sessions.");
        active.Add(3);
        active.Add(-1);
        _meter.CreateObservableGauge("disk.free", () => 0.5, "By", "Space.");
        Assert.Equal(
            """
            # HELP session_active Sessions.
            # TYPE session_active gauge
            session_active 2
            # HELP disk_free_bytes Space.
            # TYPE disk_free_bytes gauge
            disk_free_bytes 0.5

            """, Collect());
    }

    [Fact]
    public void AHistogramCountsCumulativelyAndEndsInInfinity()
    {
        var duration = _meter.CreateHistogram(
            "hash.duration", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var seconds in new[] { 0.05, 0.5, 0.75, 20 }) duration.Record(seconds, new KeyValuePair<string, object?>("kind", "x"));
        Assert.Equal(
            """
            # HELP hash_duration_seconds Time.
            # TYPE hash_duration_seconds histogram
            hash_duration_seconds_bucket{kind="x",le="0.1"} 1
            hash_duration_seconds_bucket{kind="x",le="1"} 3
            hash_duration_seconds_bucket{kind="x",le="+Inf"} 4
            hash_duration_seconds_sum{kind="x"} 21.3
            hash_duration_seconds_count{kind="x"} 4

            """, Collect());
    }

    [Fact]
    public void LabelsAndDescriptionsAreEscaped()
    {
        var counter = _meter.CreateCounter<long>("odd-name", null, "One line\nand a \\ more.");
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "say \"hi\" \\ twice\n"), new KeyValuePair<string, object?>("n", null));
        Assert.Equal(
            """
            # HELP odd_name_total One line\nand a \\ more.
            # TYPE odd_name_total counter
            odd_name_total{a_b="say \"hi\" \\ twice\n",n=""} 1

            """, Collect());
    }

    [Fact]
    public void OneNameHasOneHeader()
    {
        _meter.CreateCounter<long>("same.name").Add(1, new KeyValuePair<string, object?>("from", "one"));
        _meter.CreateCounter<long>("same_name").Add(1, new KeyValuePair<string, object?>("from", "other"));
        Assert.Single(Collect().Split('\n'), line => line.StartsWith("# TYPE", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryLineIsOfTheFormat()
    {
        using var runtime = Sdk.CreateMeterProviderBuilder().AddMeter("System.Runtime", "Gatehouse.*")
            .AddReader(new BaseExportingMetricReader(_text)).Build();
        GatewayMeters.ConnectionOpened("signalr");
        GC.Collect();
        runtime.ForceFlush();
        var lines = _text.Text.TrimEnd('\n').Split('\n');
        Assert.Contains(lines, line => line.StartsWith("gatehouse_connection_active{transport=\"signalr\"} ", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Matches(Line(), line));
    }

    [Fact]
    public void EachCollectionBeginsAnew()
    {
        var counter = _meter.CreateCounter<long>("events");
        counter.Add(1);
        Collect();
        counter.Add(1);
        Assert.EndsWith("counter\nevents_total 2\n", Collect());
    }

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    [GeneratedRegex("""^(# HELP [a-z_]\w* .*|# TYPE [a-z_]\w* (counter|gauge|histogram)|[a-z_]\w*(\{[a-z_]\w*="([^"\\]|\\["\\n])*"(,[a-z_]\w*="([^"\\]|\\["\\n])*")*\})? [-+\dE.]+)$""")]
    private static partial Regex Line();

    private string Collect()
    {
        Assert.True(_provider.ForceFlush());
        return _text.Text;
    }
}
