using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class SlowConsumerTests
{
    private static readonly string Large = new('x', 100_000);

    [Fact]
    public async Task WhoDoesNotReadIsDisconnected()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            options => options.MaxQueuedBytes = 1_000_000,
            io => io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason)));
        using var raw = await RawSocket.Open(
            server, "/socket.io/?EIO=4&transport=websocket", socket => socket.ReceiveBufferSize = 4096);
        await raw.Send(RawSocket.Text("40"));
        var slow = await server.Socket();
        await using var other = await WebSocketClient.Enter(server);

        var sent = 0;
        while (slow.Emit("large", Large)) sent++;
        Assert.InRange(sent, 5, 100); // what the kernel and the web server buffer, and the queue
        Assert.Equal(DisconnectReason.SlowConsumer, await reasons.Next());

        server.Io.Namespace("/").Emit("small");
        await other.Expect("""42["small"]""");
        server.Time.Advance(TimeSpan.FromSeconds(6)); // it had its time to read the goodbye
        await TestServer.Until(() => server.Io.ConnectionCount == 1);
    }

    [Fact]
    public async Task APollingClientThatStaysAwayIsDisconnectedToo()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            options => options.MaxQueuedMessages = 10,
            io => io.Namespace("/").OnConnect(_ => { }).OnDisconnect((_, reason) => reasons.Add(reason)));
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        var socket = await server.Socket();

        Assert.Equal(9, Enumerable.Range(0, 20).Count(i => socket.Emit("n", i))); // the tenth is the acceptance
        Assert.Equal(DisconnectReason.SlowConsumer, await reasons.Next());
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
    }

    [Fact]
    public async Task OrTheNewestEventsAreDropped()
    {
        await using var server = await TestServer.Start(options =>
        {
            options.MaxQueuedMessages = 10;
            options.SlowConsumerPolicy = SlowConsumerPolicy.DropNewest;
        });
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        var socket = await server.Socket();

        Assert.Equal(10, Enumerable.Range(0, 20).Count(i => socket.Emit("n", i)));
        await session.Expect([.. Enumerable.Range(0, 10).Select(i => $"""42["n",{i}]""")]);
        Assert.True(socket.Emit("again"));
        await session.Expect("""42["again"]""");
    }

    [Fact]
    public async Task AnEventAndItsAttachmentsAreDroppedTogether()
    {
        await using var server = await TestServer.Start(options =>
        {
            options.MaxQueuedMessages = 3;
            options.SlowConsumerPolicy = SlowConsumerPolicy.DropNewest;
        });
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        var socket = await server.Socket();

        Assert.True(socket.Emit("a", new byte[] { 1 }));
        Assert.False(socket.Emit("b", new byte[] { 2 }));
        Assert.True(socket.Emit("c"));
        await session.Expect("""451-["a",{"_placeholder":true,"num":0}]""", "bAQ==", """42["c"]""");
    }

    [Fact]
    public async Task WhoPingsWithoutReadingIsCutOff()
    {
        await using var server = await TestServer.Start(options => options.MaxQueuedBytes = 100_000);
        using var raw = await RawSocket.Open(
            server, "/engine.io/?EIO=3&transport=websocket", socket => socket.ReceiveBufferSize = 4096);
        byte[] pings = [.. Enumerable.Repeat(RawSocket.Text("2"), 10_000).SelectMany(frame => frame)];
        try
        {
            while (server.Engine.ConnectionCount > 0 && server.Errors.All.All(line => !line.Contains("SlowConsumer")))
                await raw.Send(pings);
        }
        catch (IOException)
        {
            // Cut off while sending.
        }

        Assert.Equal(DisconnectReason.SlowConsumer, await server.EngineClosed.Next());
        server.Time.Advance(TimeSpan.FromSeconds(6));
        await server.Emptied();
    }

    [Fact]
    public async Task AMessageLargerThanTheQueueMayWaitAlone()
    {
        await using var server = await TestServer.Start(options => options.MaxQueuedBytes = 1000);
        await using var client = await WebSocketClient.Enter(server);
        server.Io.Namespace("/").Emit("large", Large);
        await client.Expect($"""42["large","{Large}"]""");
    }
}
