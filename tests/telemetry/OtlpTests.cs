using Gatehouse.Telemetry.Tests.Support;

namespace Gatehouse.Telemetry.Tests;

public sealed class OtlpTests : IAsyncLifetime
{
    private const string Password = "correct horse battery staple";

    private TestDatabase? _database;
    private OtlpReceiver? _receiver;
    private Service? _service;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _receiver = await OtlpReceiver.Start();
        _service = await Service.Start(_database, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000",
        });
    }

    [Fact]
    public async Task OneTraceGoesFromTheClientsEventThroughTheGrainsToTheStatement()
    {
        await Register();
        var trace = await _receiver!.Find(spans => spans
            .Where(span => span is { Source: "Gatehouse.Gateway", Name: "session register" })
            .Select(root => spans.Where(span => span.TraceId == root.TraceId).ToList())
            .FirstOrDefault(trace => Statement(trace) is not null));

        var path = new List<Span> { Statement(trace)! };
        while (path[^1].ParentId.Length > 0) path.Add(Assert.Single(trace, span => span.Id == path[^1].ParentId));
        Assert.Equal("session register", path[^1].Name);
        Assert.Equal([Service.ClientsTrace], path[^1].LinkedTraces);
        Assert.Contains(path, span => span.Source.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
        Assert.Contains("$1", Statement(trace)!.Attributes["db.query.text"]);
    }

    [Fact]
    public async Task SpansNameNobodyAndHoldNoSecret()
    {
        var sent = await Register();
        await _service!.Stop();
        Assert.Contains(_receiver!.Spans, span => span.Source == "Npgsql");
        var jwt = sent.Split("token_change")[1].Split('"').First(text => text.StartsWith("ey", StringComparison.Ordinal));
        Assert.All(["ada_lovelace", "ada@example.org", Password, "in-the-address", jwt, jwt.Split('.')[2]], secret =>
            Assert.False(_receiver.Saw(secret), $"{secret} was exported"));
        var userId = await _database!.Value<Guid>("SELECT id FROM users WHERE name = $1", "ada_lovelace");
        Assert.False(_receiver.Saw($"{userId}"), "the user's id was exported");
        Assert.False(_receiver.Saw("session/session/"), "a session's id was exported");
    }

    [Fact]
    public async Task AScrapePushesNothing()
    {
        await Register();
        for (var time = 0; time < 3; time++) Assert.Contains("gatehouse_event_received_total{", await _service!.Scrape());
        Assert.Equal(0, _receiver!.MetricsPushes);
        // What is pushed does come here: at the end, once.
        await _service!.Stop();
        Assert.Equal(1, _receiver.MetricsPushes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_receiver is not null) await _receiver.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    private static Span? Statement(List<Span> trace) => trace.FirstOrDefault(span =>
        span.Source == "Npgsql" && span.Attributes.GetValueOrDefault("db.query.text", "").Contains("INSERT INTO users"));

    private Task<string> Register() => _service!.Invoke(
        "access_token=in-the-address",
        ("register", $$"""{"username":"ada_lovelace","email":"ada@example.org","password":"{{Password}}"}""", "state_change"));
}
