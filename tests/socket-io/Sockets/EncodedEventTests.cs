using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class EncodedEventTests
{
    [Fact]
    public async Task OneEncodingServesEveryTransportAndRevision()
    {
        await using var server = await TestServer.Start();
        await using var webSocket4 = await WebSocketClient.Enter(server);
        await using var webSocket3 = await WebSocketClient.Open(server, 3, "/socket.io");
        await webSocket3.Expect("40");
        var polling4 = await PollingClient.Open(server, 4, "/socket.io");
        await polling4.Send("40");
        await polling4.Poll();
        var polling3 = await PollingClient.Open(server, 3, "/socket.io", "&b64=1");
        await TestServer.Until(() => server.Io.Namespace("/").Count == 4);

        var news = server.Io.Namespace("/").Encode("news", 1, new byte[] { 5 });
        for (var i = 0; i < 3; i++) server.Io.Namespace("/").Send(news);
        var text = """451-["news",1,{"_placeholder":true,"num":0}]""";
        for (var i = 0; i < 3; i++)
        {
            await webSocket4.Expect(text, "[5]");
            await webSocket3.Expect(text, "[4,5]");
        }

        await polling4.Expect(text, "bBQ==", text, "bBQ==", text, "bBQ==");
        await polling3.Expect(text, "b4BQ==", text, "b4BQ==", text, "b4BQ==");
    }

    [Fact]
    public async Task SendingToAWebSocketAllocatesNothing()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, "/socket.io/?EIO=4&transport=websocket");
        await raw.Send(RawSocket.Text("40"));
        var socket = await server.Socket();
        var news = server.Io.Namespace("/").Encode("news", "something");
        for (var i = 0; i < 500; i++) Assert.True(socket.Send(news));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Assert.True(socket.Send(news));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000); // now and then a larger queue
    }

    [Fact]
    public async Task AnEventOfAnotherNamespaceIsRefused()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/b"));
        await using var client = await WebSocketClient.Enter(server, "/b");
        var socket = await server.Socket("/b");
        var foreign = EncodedEvent.Create("/", "x", []);
        Assert.Throws<ArgumentException>(() => server.Io.Namespace("/b").Send(foreign));
        Assert.Throws<ArgumentException>(() => socket.Send(foreign));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\"b")]
    [InlineData("é")]
    [InlineData("a b")]
    public void AnOffsetIsPlain(string offset) =>
        Assert.Throws<ArgumentException>(() => EncodedEvent.Create("/", "x", [], offset: offset));
}
