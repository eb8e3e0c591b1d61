using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class HandshakeTests
{
    [Theory]
    [InlineData(3, "0{", """,["websocket"],25000,20000,None""")]
    [InlineData(4, "0{", """,["websocket"],25000,20000,1000000""")]
    public async Task PollingBeginsWithAnOpenPacket(int revision, string begin, string expected)
    {
        await using var server = await TestServer.Start();
        var answer = await server.Get($"/engine.io/?EIO={revision}&transport=polling");

        var packet = revision == 3 ? answer.Text[(answer.Text.IndexOf(':') + 1)..] : answer.Text;
        if (revision == 3) Assert.Equal($"{packet.Length}:{packet}", answer.Text);
        Assert.StartsWith(begin, packet);
        Assert.Equal(expected, "," + Describe(packet[1..]));
        Assert.Equal("text/plain; charset=UTF-8", answer.ContentType);
    }

    [Theory]
    [InlineData("/engine.io/?EIO=4&transport=polling")]
    [InlineData("/engine.io/?EIO=4&transport=polling&sid=nobody")]
    [InlineData("/plain")]
    public async Task ProxiesAreAskedNeitherToKeepNorToHoldBackNorToChangeAnAnswer(string path)
    {
        await using var server = await TestServer.Start();
        var headers = (await server.Get(path)).Headers;
        Assert.Equal("no-store, no-transform", headers.CacheControl!.ToString());
        Assert.Equal("no", headers.GetValues("X-Accel-Buffering").Single());
    }

    [Theory]
    [InlineData("transport=polling")]
    [InlineData("EIO=2&transport=polling")]
    public async Task AVeryOldClientIsTakenForOneOfRevision3(string query)
    {
        await using var server = await TestServer.Start();
        var answer = await server.Get("/engine.io/?" + query);
        Assert.Equal(200, answer.Status);
        var sid = JsonDocument.Parse(answer.Text[answer.Text.IndexOf('{')..]).RootElement.GetProperty("sid").GetString();
        Assert.Equal("ok", (await server.Post($"/engine.io/?{query}&sid={sid}", "3:4hi")).Text);
        Assert.Equal("3:4hi", (await server.Get($"/engine.io/?{query}&sid={sid}")).Text);
    }

    [Theory]
    [InlineData(3, "[],25000,20000,None")]
    [InlineData(4, "[],25000,20000,1000000")]
    public async Task WebSocketBeginsWithAnOpenPacketToo(int revision, string expected)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Connect(server, $"/engine.io/?EIO={revision}&transport=websocket");

        Assert.Equal(expected, Describe((await client.Next())[1..]));
    }

    [Fact]
    public async Task AWebSocketCanComeByHttp2()
    {
        await using var server = await TestServer.Start(protocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{server.Port}/engine.io/?EIO=4&transport=websocket"), invoker,
            TestContext.Current.CancellationToken).InTime();

        var buffer = new byte[200];
        var result = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).InTime();
        Assert.StartsWith("0{", System.Text.Encoding.UTF8.GetString(buffer, 0, result.Count));
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken).InTime();
        await server.Emptied();
    }

    [Fact]
    public async Task NoUpgradeIsOfferedWhereNoneIsAllowed()
    {
        await using var server = await TestServer.Start(options => options.AllowUpgrades = false);
        Assert.StartsWith("[],", Describe((await server.Get("/engine.io/?EIO=4&transport=polling")).Text[1..]));
    }

    [Fact]
    public async Task ThePathMayEndWithASlashOrNot()
    {
        await using var server = await TestServer.Start();
        Assert.Equal(200, (await server.Get("/socket.io?EIO=4&transport=polling")).Status);
        Assert.Equal(200, (await server.Get("/socket.io/?EIO=4&transport=polling")).Status);
    }

    [Fact]
    public async Task SessionIdsAreLongAndNeverTheSame()
    {
        await using var server = await TestServer.Start();
        var sids = new HashSet<string>();
        for (var i = 0; i < 100; i++) sids.Add((await PollingClient.Open(server, 4)).Sid);

        Assert.Equal(100, sids.Count);
        Assert.All(sids, sid => Assert.Equal(24, sid.Length)); // 144 bits
    }

    [Fact]
    public async Task TheCookieCarriesTheSessionIdIfThereIsToBeOne()
    {
        await using var server = await TestServer.Start(
            options => options.Cookie = new CookieBuilder { Name = "io", Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax });
        var answer = await server.Get("/socket.io/?EIO=4&transport=polling");

        var sid = JsonDocument.Parse(answer.Text[1..]).RootElement.GetProperty("sid").GetString();
        Assert.Equal($"io={sid}; path=/; samesite=lax; httponly", answer.Headers.GetValues("Set-Cookie").Single());
    }

    [Fact]
    public async Task SecretsAreNotLogged()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("say", (_, _) => { }));
        var session = await PollingClient.Open(server, 4, "/socket.io", "&token=hush");
        await session.Send("40");
        await session.Send("""42["say","the-payload"]""");
        await session.Send("1");
        await session.Expect("6");
        await server.Emptied();

        Assert.NotEmpty(server.Errors.All);
        Assert.All(server.Errors.All, line => Assert.DoesNotMatch($"{session.Sid}|the-payload|hush", line));
    }

    private static string Describe(string json)
    {
        var open = JsonDocument.Parse(json).RootElement;
        var max = open.TryGetProperty("maxPayload", out var value) ? value.ToString() : "None";
        return $"{open.GetProperty("upgrades")},{open.GetProperty("pingInterval")},{open.GetProperty("pingTimeout")},{max}";
    }
}
