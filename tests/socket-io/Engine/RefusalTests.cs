using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("EIO=4", 0, "Transport unknown")]
    [InlineData("EIO=4&transport=carrier-pigeon", 0, "Transport unknown")]
    [InlineData("EIO=3&transport=webtransport", 0, "Transport unknown")]
    [InlineData("EIO=4&transport=polling&sid=nobody", 1, "Session ID unknown")]
    [InlineData("EIO=3&transport=websocket&sid=nobody", 1, "Session ID unknown")]
    [InlineData("EIO=4&transport=websocket", 3, "Bad request")]
    [InlineData("EIO=3&transport=polling&j=0", 3, "Bad request")]
    public async Task ARequestThatMakesNoSenseGetsTheDocumentedError(string query, int code, string message)
    {
        await using var server = await TestServer.Start();
        var answer = await server.Get("/engine.io/?" + query);

        answer.IsRefusal(code, message);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(0, server.Engine.ConnectionCount);
    }

    [Fact]
    public async Task BehindAProxyThatAsksElsewhereASessionThatIsNotHereIsNotFound()
    {
        await using var server = await TestServer.Start(options => options.UnknownSessionStatus = 404);
        var answer = await server.Get("/engine.io/?EIO=4&transport=polling&sid=nobody");
        Assert.Equal((404, "{\"code\":1,\"message\":\"Session ID unknown\"}"), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("transport=polling")]
    [InlineData("EIO=2&transport=polling")]
    [InlineData("EIO=abc&transport=polling")]
    public async Task ARevisionThatNobodyKnowsIsRefusedWhereNoneIsAssumed(string query)
    {
        await using var server = await TestServer.Start(options => options.AssumeRevision3 = false);
        (await server.Get("/engine.io/?" + query)).IsRefusal(5, "Unsupported protocol version");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task AHandshakeIsAGet(string method)
    {
        await using var server = await TestServer.Start();
        using var request = new HttpRequestMessage(new(method), "/engine.io/?EIO=4&transport=polling");
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).InTime();

        (await Answer.Read(response)).IsRefusal(2, "Bad handshake method");
    }

    [Fact]
    public async Task ASessionKnowsGetAndPost()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var request = new HttpRequestMessage(HttpMethod.Put, session.Query);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).InTime();

        (await Answer.Read(response)).IsRefusal(3, "Bad request");
    }

    [Fact]
    public async Task ASessionKeepsItsRevision()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);

        (await server.Get(session.Query.Replace("EIO=4", "EIO=3"))).IsRefusal(3, "Bad request");
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version", "8")]
    [InlineData("Sec-WebSocket-Key", "short")]
    [InlineData("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("Upgrade", "h2c")]
    public async Task AWebSocketHandshakeMustBeOne(string header, string value)
    {
        await using var server = await TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/engine.io/?EIO=4&transport=websocket");
        var headers = new Dictionary<string, string>
        {
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
            [header] = value,
        };
        foreach (var (name, text) in headers) request.Headers.TryAddWithoutValidation(name, text);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).InTime();

        (await Answer.Read(response)).IsRefusal(3, "Bad request");
    }

    [Fact]
    public async Task ATransportThatIsNotOfferedIsUnknown()
    {
        await using var server = await TestServer.Start(options => options.Transports = EngineTransports.WebSocket);
        (await server.Get("/engine.io/?EIO=4&transport=polling")).IsRefusal(0, "Transport unknown");
    }

    [Fact]
    public async Task NoMoreThanSoManyConnectionsAreHeld()
    {
        await using var server = await TestServer.Start(options => options.MaxConnections = 3);
        for (var i = 0; i < 2; i++) await PollingClient.Open(server, 4);
        var third = await PollingClient.Open(server, 3);

        (await server.Get("/engine.io/?EIO=4&transport=polling")).IsRefusal(4, "Forbidden", 503);
        await third.Send("1");
        await third.Expect("6");
        await PollingClient.Open(server, 4);
    }

    [Fact]
    public async Task HandshakesThatGoNoFurtherAreForgotten()
    {
        await using var server = await TestServer.Start();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (var i = 0; i < 625; i++) await server.Get($"/socket.io/?EIO={3 + (i & 1)}&transport=polling");
        }));
        Assert.Equal(10_000, server.Io.ConnectionCount);

        server.Time.Advance(TimeSpan.FromSeconds(45));
        server.Time.Advance(TimeSpan.FromSeconds(21));
        await server.Emptied();
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", 200, null)]
    [InlineData("https://app.example", 200, "https://app.example")]
    [InlineData("https://evil.example", 403, null)]
    [InlineData("null", 403, null)]
    public async Task OnlyPagesThatMayConnectDoSo(string origin, int status, string? allowed)
    {
        await using var server = await TestServer.Start(options => options.AllowedOrigins.Add("https://app.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/socket.io/?EIO=4&transport=polling");
        request.Headers.Add("Origin", origin.Replace("{port}", $"{server.Port}"));
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).InTime();

        var answer = await Answer.Read(response);
        Assert.Equal(status, answer.Status);
        if (status == 403) answer.IsRefusal(4, "Forbidden", 403);
        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed is null ? null : "true", Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task AForeignPageOpensNoWebSocket()
    {
        await using var server = await TestServer.Start();
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => WebSocketClient.Connect(
            server, "/socket.io/?EIO=4&transport=websocket", options => options.SetRequestHeader("Origin", "https://evil.example")));
    }

    [Fact]
    public async Task ABrowserMayAskBeforehand()
    {
        await using var server = await TestServer.Start(options => options.AllowedOrigins.Add("*"));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/socket.io/?EIO=4&transport=polling");
        request.Headers.Add("Origin", "https://anyone.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken).InTime();

        var answer = await Answer.Read(response);
        Assert.Equal(204, answer.Status);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("GET,POST", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("content-type", Header(answer, "Access-Control-Allow-Headers"));
    }

    private static string? Header(Answer answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
