using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class ClosingTests
{
    [Fact]
    public async Task WhatIsQueuedLeavesBeforeTheCloseFrame()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("bye", (socket, _) =>
        {
            for (var i = 0; i < 100; i++) socket.Emit("n", i);
            socket.Disconnect(closeConnection: true);
        }));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["bye"]""");

        for (var i = 0; i < 100; i++) await client.Expect($"""42["n",{i}]""");
        await client.Expect("41", "closed 1000 ");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task APollingClientGetsTheRestWithItsNextPoll(int revision)
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("bye", (socket, _) =>
        {
            socket.Emit("last");
            socket.Disconnect(closeConnection: true);
        }));
        var session = await PollingClient.Open(server, revision, "/socket.io");
        if (revision == 4)
        {
            await session.Send("40");
            await session.Poll();
        }

        await session.Send("""42["bye"]""");
        await session.Expect("""42["last"]""", "41", "1");
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
        await server.Emptied();
    }

    [Fact]
    public async Task APollingClientThatDoesNotPollIsNotWaitedForForEver()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(socket => socket.Disconnect(true)));
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        server.Time.Advance(TimeSpan.FromSeconds(6));

        (await session.Poll()).IsRefusal(1, "Session ID unknown");
        await server.Emptied();
    }

    [Fact]
    public async Task ASessionThatIsClosedWhileItIsUpgradedSaysGoodbyeByWebSocket()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("bye", (socket, _) => socket.Disconnect(true)));
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        await session.Send("""42["bye"]""");
        await client.Send("5");

        await client.Expect("41", "closed 1000 ");
    }

    [Fact]
    public async Task WhenTheProgramStopsClientsAreToldToComeBack()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason)));
        await using var client = await WebSocketClient.Enter(server);
        var session = await PollingClient.Open(server, 4, "/socket.io");
        var poll = session.Poll();
        var stopping = server.Stop();

        Assert.Equal(1012, await client.Closed()); // and no "41": after that a client would not come back
        Assert.Contains((await poll).Text, new[] { "1", """{"code":1,"message":"Session ID unknown"}""" });
        Assert.Equal(DisconnectReason.ServerShutdown, await reasons.Next());
        await stopping.InTime();
    }
}
