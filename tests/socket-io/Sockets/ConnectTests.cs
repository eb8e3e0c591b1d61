using System.Text.Json;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class ConnectTests
{
    [Theory]
    [InlineData("/", "40", "40{", "{}")]
    [InlineData("/", """40{"token":"123"}""", "40{", """{"token":"123"}""")]
    [InlineData("/chat", "40/chat,", "40/chat,{", "{}")]
    [InlineData("/chat", "40/chat", "40/chat,{", "{}")]
    [InlineData("/chat", """40/chat,{"token":"abc"}""", "40/chat,{", """{"token":"abc"}""")]
    public async Task AClientEntersANamespace(string ns, string connect, string begin, string auth)
    {
        await using var server = await TestServer.Start(setUp: io =>
        {
            EmitAuth(io.Namespace("/"));
            EmitAuth(io.Namespace("/chat"));
        });
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send(connect);

        var acceptance = await client.Next();
        Assert.StartsWith(begin, acceptance);
        var properties = JsonDocument.Parse(acceptance[(begin.Length - 1)..]).RootElement.EnumerateObject().ToList();
        Assert.Equal("sid", Assert.Single(properties).Name);
        Assert.Equal((await server.Socket(ns)).Id, properties[0].Value.GetString());
        await client.Expect($"42{(ns == "/" ? "" : ns + ",")}[\"auth\",{auth}]");
    }

    [Fact]
    public async Task AnAcceptanceCarriesAPayload()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(
            (_, _) => new(ConnectResult.Accept(new { Motd = "hi", sid = "mine stays" }))));
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");

        var acceptance = JsonDocument.Parse((await client.Next())[2..]).RootElement;
        Assert.Equal("hi", acceptance.GetProperty("motd").GetString());
        Assert.Equal((await server.Socket()).Id, acceptance.GetProperty("sid").GetString());
    }

    [Fact]
    public async Task ARefusalCarriesAMessageAndData()
    {
        var seen = new Events<ClientSocket>();
        await using var server = await TestServer.Start(setUp: io =>
        {
            io.Namespace("/").OnConnect((socket, _) =>
            {
                socket.Emit("never");
                socket.Join("room");
                seen.Add(socket);
                return new(ConnectResult.Refuse("no entry", new { code = 7 }));
            }).OnDisconnect((_, _) => Assert.Fail("It has never entered."));
            io.Namespace("/plain").OnConnect((_, _) => new(ConnectResult.Refuse("no")));
        });
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");
        await client.Expect("""44{"message":"no entry","data":{"code":7}}""");
        await client.Send("40/plain,");
        await client.Expect("""44/plain,{"message":"no"}""");

        var socket = await seen.Next();
        Assert.False(socket.IsConnected);
        Assert.False(socket.Emit("nor now"));
        Assert.True(socket.Disconnected.IsCancellationRequested);
        Assert.Empty(server.Io.Namespace("/").To("room").Sockets);
        Assert.Equal(0, server.Io.Namespace("/").Count);
    }

    [Fact]
    public async Task AConnectHandlerThatFailsRefuses()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(
            (_, _) => throw new InvalidOperationException("on purpose")));
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");

        await client.Expect("""44{"message":"Internal server error"}""");
        Assert.Contains("on purpose", Assert.Single(server.Errors.TakeAll()));
    }

    [Fact]
    public async Task ANamespaceThatDoesNotExistCannotBeEntered()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40/random");
        await client.Expect("""44/random,{"message":"Invalid namespace"}""");
        await client.Send("40");
        Assert.StartsWith("40{", await client.Next());
    }

    [Theory]
    [InlineData("4abc")]
    [InlineData("""42["before connect"]""")]
    [InlineData("41")]
    [InlineData("40[]")]
    [InlineData("40\"text\"")]
    [InlineData("40{")]
    [InlineData("44{}")]
    public async Task WhatIsNoConnectEndsTheConnection(string packet)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send(packet);

        Assert.Equal(1002, await client.Closed());
        await server.Emptied();
    }

    [Fact]
    public async Task ASecondConnectToTheSameNamespaceEndsTheConnection()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("40");
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task WhoConnectsToNothingIsDropped()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await using var member = await WebSocketClient.Enter(server);
        server.Time.Advance(TimeSpan.FromSeconds(44));
        foreach (var pinged in (WebSocketClient[])[client, member])
        {
            await pinged.Expect("2");
            await pinged.Send("3");
        }

        await member.Send("40/nowhere"); // an answer to it shows that the pong has come
        await member.Expect("""44/nowhere,{"message":"Invalid namespace"}""");
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1008, await client.Closed());
        Assert.Equal("2\x1e" + "1", (await session.Poll()).Text);
        await TestServer.Until(() => server.Io.ConnectionCount == 1);
    }

    [Fact]
    public async Task WhoLeavesTheLastNamespaceMustEnterAnother()
    {
        await using var server = await TestServer.Start(options => options.ConnectTimeout = TimeSpan.FromSeconds(10));
        await using var client = await WebSocketClient.Enter(server);
        server.Time.Advance(TimeSpan.FromSeconds(11));
        await client.Send("41");
        await TestServer.Until(() => server.Io.Namespace("/").Count == 0);
        server.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(1008, await client.Closed());
    }

    [Fact]
    public async Task EventsThatComeDuringAConnectHandlerWait()
    {
        var mayEnter = new TaskCompletionSource();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(async (socket, _) =>
        {
            socket.Emit("first");
            await mayEnter.Task;
            socket.Emit("second");
            return ConnectResult.Accepted;
        }).On("say", (socket, _) => socket.Emit("heard")));
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");
        await client.Send("""42["say"]""");
        await TestServer.Until(() => server.Io.ConnectionCount == 1);
        mayEnter.SetResult();

        Assert.StartsWith("40{", await client.Next());
        await client.Expect("""42["first"]""", """42["second"]""", """42["heard"]""");
    }

    [Fact]
    public async Task TheHandshakeTellsWhoConnects()
    {
        var sockets = new Events<ClientSocket>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(sockets.Add));
        await using var client = await WebSocketClient.Connect(
            server, "/socket.io/?EIO=4&transport=websocket&room=a%20b", options => options.SetRequestHeader("X-Device", "toaster"));
        await client.Next();
        await client.Send("40");
        var socket = await sockets.Next();

        Assert.Equal(System.Net.IPAddress.Loopback, socket.Handshake.RemoteAddress);
        Assert.Equal("a b", socket.Handshake.ParseQuery()["room"]);
        Assert.Equal("toaster", socket.Handshake.Header("x-device"));
        Assert.Empty(socket.Handshake.Header("x-other").ToString());
        Assert.False(socket.Handshake.IsSecure);
        Assert.False(socket.Handshake.User.Identity!.IsAuthenticated);
        Assert.Equal(4, socket.Revision);
        Assert.Equal(EngineTransports.WebSocket, socket.Transport);
        Assert.NotEqual(socket.Handshake.ConnectionId, socket.Id);
    }

    private static void EmitAuth(SocketNamespace ns) => ns.OnConnect((socket, auth) =>
    {
        socket.Emit("auth", auth.ValueKind == JsonValueKind.Undefined ? new { } : auth);
        return new(ConnectResult.Accepted);
    });
}
