using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class AckTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("42456[\"ask\",1,\"2\",{\"3\":[false]}]", "43456[1,\"2\",{\"3\":[false]}]")]
    [InlineData("420[\"ask\"]", "430[]")]
    [InlineData("42999999999999999[\"ask\"]", "43999999999999999[]")]
    public async Task AnEventIsAcknowledgedWithItsNumber(string packet, string ack)
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("ask", (_, e) => e.Ack(e.Arguments)));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send(packet);
        await client.Expect(ack);
    }

    [Fact]
    public async Task AnEventIsAcknowledgedOnceAndOnlyIfTheClientWantsIt()
    {
        var wanted = new Events<bool>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/chat").On("ask", (socket, e) =>
        {
            wanted.Add(e.WantsAck);
            e.Ack("once", null, new { A = 1 });
            e.Ack("twice");
            socket.Emit("after");
        }));
        await using var client = await WebSocketClient.Enter(server, "/chat");
        await client.Send("""42/chat,["ask"]""");
        await client.Send("""42/chat,5["ask"]""");
        await client.Expect(
            """42/chat,["after"]""", """43/chat,5["once",null,{"a":1}]""", """42/chat,["after"]""");
        Assert.False(await wanted.Next());
        Assert.True(await wanted.Next());
    }

    [Fact]
    public async Task TheServerAsksTheClientEvenInsideAHandler()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("go", async (socket, _) =>
        {
            var answer = await socket.EmitWithAckAsync("question", Long, Cancellation, "why?");
            socket.Emit("answered", answer);
        }));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["go"]""");
        await client.Expect("""420["question","why?"]""");
        await client.Send("""430["because",42]""");
        await client.Expect("""42["answered","because",42]""");
    }

    [Fact]
    public async Task AnAnswerCanBeBinary()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        var asking = (await server.Socket()).EmitWithAckAsync("q", Long, Cancellation, new byte[] { 9 });
        await client.Expect("""451-0["q",{"_placeholder":true,"num":0}]""", "[9]");
        await client.Send("""461-0[{"_placeholder":true,"num":0}]""");
        await client.Send(1, 2);

        var answer = await asking.InTime();
        Assert.Equal([1, 2], answer.Get<Attachment>().Data.ToArray());
    }

    [Fact]
    public async Task AnAnswerThatDoesNotComeIsATimeout()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        var asking = (await server.Socket()).EmitWithAckAsync("q", TimeSpan.FromSeconds(3), Cancellation);
        await client.Expect("""420["q"]""");
        server.Time.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<TimeoutException>(() => asking.InTime());

        await client.Send("430[1]"); // too late, and no fault
        await client.Send("4377[1]"); // nor is an answer to nothing
        server.Io.Namespace("/").Emit("still here");
        await client.Expect("""42["still here"]""");
    }

    [Fact]
    public async Task AnAnswerFromAClientThatIsGoneIsAnError()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        var socket = await server.Socket();
        var asking = socket.EmitWithAckAsync("q", Long, Cancellation);
        await client.Close();

        var error = await Assert.ThrowsAsync<SocketDisconnectedException>(() => asking.InTime());
        Assert.Equal(DisconnectReason.TransportClose, error.Reason);
        await Assert.ThrowsAsync<SocketDisconnectedException>(() => socket.EmitWithAckAsync("q", Long, Cancellation));
    }

    [Fact]
    public async Task WaitingCanBeCancelled()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        using var cancellation = new CancellationTokenSource();
        var asking = (await server.Socket()).EmitWithAckAsync("q", Long, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.InTime());
    }

    [Fact]
    public async Task TooManyQuestionsAtATimeAreRefused()
    {
        await using var server = await TestServer.Start(options => options.MaxPendingAcks = 2);
        await using var client = await WebSocketClient.Enter(server);
        var socket = await server.Socket();
        var first = socket.EmitWithAckAsync("q", Long, Cancellation);
        _ = socket.EmitWithAckAsync("q", Long, Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => socket.EmitWithAckAsync("q", Long, Cancellation));

        await client.Send("430[]");
        await first.InTime();
        _ = socket.EmitWithAckAsync("q", Long, Cancellation);
    }
}
