using Gatehouse.Telemetry.Tests.Support;

namespace Gatehouse.Telemetry.Tests;

public sealed class OtlpTests : IAsyncLifetime
{
    private const string Password = "correct horse battery staple";

    private static readonly (string Trace, string Span) ClientsOwn = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");

    private TestDatabase? _database;
    private OtlpReceiver? _receiver;
    private Service? _service;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _receiver = await OtlpReceiver.Start();
        _service = await Start("here");
    }

    [Fact]
    public async Task WhatIsSaidIsOneTraceFromTheClientToTheStatementAndToTheMemberAtAnotherGateway()
    {
        await using var there = await Start("there");
        await using var listener = await HubClient.Connect(there, "chat");
        await listener.Ask("Auth", """{"user":"Grace Hopper","password":"","room":"engine room"}""", "Auth");
        await using (var talker = await HubClient.Connect(_service!, "chat", ClientsOwn))
        {
            await talker.Ask("Auth", """{"user":"Ada Lovelace","password":"","room":"engine room"}""", "Auth");
            await talker.Ask("message", """{"content":"weaves algebraic patterns"}""", "message");
        }
        await listener.Hears("weaves algebraic patterns");

        string[] said = ["GET /hubs/chat", "chat message", "room post", "IRoomMessages/Post", "room store"];
        await Way(span => span.Source == "Npgsql", [.. said, "room messages write"]);
        string[] pushed = [.. said, "room push", "IGatewayGrain/PushRoomUpdate", "IGatewayObserver/OnRoomUpdate"];
        await Way(span => span is { Name: "room deliver", Service: "there" }, pushed);
        // With the answer, unless a push was under way just then.
        await Way(span => span is { Name: "room deliver", Service: "here" }, said[..3], pushed);
        foreach (var secret in (string[])["Grace", "Ada", "engine room", "algebraic"]) Assert.False(_receiver!.Saw(secret), $"{secret} was exported");

        // In the client's trace, up to the client's own span. A call has a span at either end.
        Task<List<Span>> Way(Func<Span, bool> isLast, params string[][] ways) => _receiver!.Find(spans => spans
            .Where(isLast)
            .Select(span => Ancestors(span, spans))
            .FirstOrDefault(path => path[^1].ParentId == ClientsOwn.Span && path.All(span => span.TraceId == ClientsOwn.Trace)
                && ways.Any(path.Skip(1).Reverse().Select(span => span.Name).Distinct().SequenceEqual)));
    }

    [Fact]
    public async Task AnEventOfAClientWithoutATraceHasOneWithALinkToTheRequestThatBeganTheConnection()
    {
        await Register();
        var root = await _receiver!.Find(spans => spans.Find(span => span.Name == "session register"));
        Assert.Empty(root.ParentId);
        var request = await _receiver.Find(spans => spans.Find(span => span.Name == "GET /hubs/session"));
        Assert.Equal([request.TraceId], root.LinkedTraces);
        Assert.NotEqual(request.TraceId, root.TraceId);
    }

    [Fact]
    public async Task SpansNameNobodyAndHoldNoSecret()
    {
        var sent = await Register();
        await _service!.Stop();
        Assert.Contains(_receiver!.Spans, span => span.Source == "Npgsql" && span.Attributes.GetValueOrDefault("db.query.text", "").Contains("$1"));
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

    private Task<Service> Start(string name) => Service.Start(_database!, new()
    {
        ["OTEL_SERVICE_NAME"] = name,
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver!.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_TRACES_SAMPLER"] = "always_on",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000",
        ["Gatehouse__Room__Open"] = "true",
    });

    private async Task<string> Register()
    {
        await using var client = await HubClient.Connect(_service!, "session?access_token=in-the-address");
        await client.Ask("register", $$"""{"username":"ada_lovelace","email":"ada@example.org","password":"{{Password}}"}""", "state_change");
        return client.Received;
    }

    /// <summary>A span, its parent, and so on, as far as they have arrived.</summary>
    private static List<Span> Ancestors(Span span, List<Span> all)
    {
        var path = new List<Span> { span };
        while (all.Find(parent => parent.TraceId == span.TraceId && parent.Id == path[^1].ParentId) is { } parent) path.Add(parent);
        return path;
    }
}
