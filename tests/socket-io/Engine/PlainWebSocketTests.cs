using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class PlainWebSocketTests
{
    [Fact]
    public async Task MessagesAreWhatWasSentAndNothingElse()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Connect(server, "/plain");
        foreach (var text in (string[])["hello", "", "4", "é€😀", new string('x', 70_000)])
        {
            await client.Send(text);
            await client.Expect(text);
        }

        await client.Send(1, 2, 3);
        await client.Expect("[1,2,3]");
        await client.Close();
        Assert.Equal(DisconnectReason.TransportClose, await server.EngineClosed.Next());
        await server.Emptied();
    }

    [Fact]
    public async Task TheHeartbeatIsWebSocketsOwn()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, "/plain");
        await raw.Send(RawSocket.Text("here"));
        await raw.Expect("here"); // it is wholly open before the clock moves
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(26));
            Assert.Equal(9, (await raw.Next()).Opcode);
            await raw.Send([.. RawSocket.Frame(10, []), .. RawSocket.Text("seen")]);
            await raw.Expect("seen");
        }

        server.Time.Advance(TimeSpan.FromSeconds(26));
        server.Time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(1008, await raw.Closed());
        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
        raw.HalfClose();
        await server.Emptied();
    }

    [Fact]
    public async Task TheLimitsAreTheSame()
    {
        await using var server = await TestServer.Start(options => options.MaxPayload = 1000);
        using var raw = await RawSocket.Open(server, "/plain");
        await raw.Send(RawSocket.Frame(1, new byte[1001]));
        Assert.Equal(1009, await raw.Closed());
        Assert.Equal(DisconnectReason.PayloadTooLarge, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task AnOrdinaryRequestIsToldWhatToDo()
    {
        await using var server = await TestServer.Start();
        var answer = await server.Get("/plain");
        Assert.Equal(426, answer.Status);
        Assert.Equal(0, server.Engine.ConnectionCount);
    }
}
