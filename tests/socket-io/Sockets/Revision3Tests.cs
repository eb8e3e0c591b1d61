using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

/// <summary>socket.io 1.x and 2.x.</summary>
public sealed class Revision3Tests
{
    [Fact]
    public async Task TheRootNamespaceIsConnectedUnasked()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(
            (socket, _) =>
            {
                socket.Emit("hello", new { a = 1 });
                return new(ConnectResult.Accept(new { ignored = true }));
            }));
        await using var client = await WebSocketClient.Open(server, 3, "/socket.io");
        await client.Expect("40", """42["hello",{"a":1}]""");
    }

    [Fact]
    public async Task APollingClientIsToldInItsFirstResponseOrTheNext()
    {
        await using var server = await TestServer.Start();
        var answer = await server.Get("/socket.io/?EIO=3&transport=polling&b64=1");
        Assert.EndsWith("2:40", answer.Text);
    }

    [Fact]
    public async Task AnotherNamespaceTakesItsPayloadFromAQuery()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/chat").OnConnect(
            (socket, auth) =>
            {
                socket.Emit("auth", auth);
                return new(ConnectResult.Accepted);
            }));
        await using var client = await WebSocketClient.Open(server, 3, "/socket.io");
        await client.Send("40/chat?token=a%20b&x=1");
        await client.Expect("40/chat,", """42/chat,["auth",{"token":"a b","x":"1"}]""");
        await client.Send("41/chat?token=a%20b&x=1,");
    }

    [Fact]
    public async Task ARefusalIsTextOrTheData()
    {
        await using var server = await TestServer.Start(setUp: io =>
        {
            io.Namespace("/a").OnConnect((_, _) => new(ConnectResult.Refuse("no entry")));
            io.Namespace("/b").OnConnect((_, _) => new(ConnectResult.Refuse("no entry", new { code = 7 })));
        });
        await using var client = await WebSocketClient.Open(server, 3, "/socket.io");
        await client.Send("40/a");
        await client.Send("40/b");
        await client.Send("40/c");
        await client.Expect("""44/a,"no entry" """.TrimEnd(), """44/b,{"code":7}""", """44/c,"Invalid namespace" """.TrimEnd());
    }

    [Fact]
    public async Task EventsAcksAndAttachmentsAreTheSame()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/")
            .On("message", (socket, e) => socket.Emit("back", e.Arguments))
            .On("ask", (_, e) => e.Ack(e.Arguments)));
        await using var client = await WebSocketClient.Open(server, 3, "/socket.io");
        await client.Expect("40");
        await client.Send("""42["message","é"]""");
        await client.Send("""4212["ask",{"x":1}]""");
        await client.Send("""451-["message",{"_placeholder":true,"num":0}]""");
        await client.Send(4, 1, 2);
        await client.Expect(
            """42["back","é"]""", """4312[{"x":1}]""", """451-["back",{"_placeholder":true,"num":0}]""", "[4,1,2]");
    }

    [Fact]
    public async Task OverPollingTextBeyondAsciiIsEscapedBecauseClientsDisagreeAboutIt()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(socket => socket.Emit("é", "€😀")));
        var answer = await server.Get("/socket.io/?EIO=3&transport=polling&b64=1");
        Assert.EndsWith("""2:4033:42["\u00e9","\u20ac\uD83D\uDE00"]""", answer.Text);
    }

    [Fact]
    public async Task ARecoveryStoreChangesNothing()
    {
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnConnect(socket => socket.Emit("own")), services: TestServer.AddRecovery);
        await using var old = await WebSocketClient.Open(server, 3, "/socket.io");
        await old.Expect("40", """42["own"]""");
        server.Io.Namespace("/").Emit("all", 1, new byte[] { 1 });
        server.Io.Namespace("/").Send(EncodedEvent.Create("/", "given", [], offset: "17"));
        await old.Expect("""451-["all",1,{"_placeholder":true,"num":0}]""", "[4,1]", """42["given"]""");
    }
}
