using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

/// <summary>Packets that wait for the handlers of earlier ones.</summary>
public sealed class InboxTests
{
    private readonly Events<string> _begun = new();
    private readonly TaskCompletionSource _release = new();

    [Fact]
    public async Task PacketsThatWaitAreBoundedInBytes()
    {
        await using var server = await TestServer.Start(options => options.MaxPendingBytes = 100_000, Block);
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        var posting = session.Post(string.Join('\x1e', Enumerable.Repeat($"42[\"work\",\"{new string('x', 60_000)}\"]", 10)));
        await _begun.Next();
        await TestServer.Until(() => server.Io.Engine.Budget.Held > 100_000);
        Assert.False(posting.IsCompleted);

        _release.SetResult();
        Assert.Equal("ok", (await posting).Text);
        for (var i = 1; i < 10; i++) await _begun.Next();
        await TestServer.Until(() => server.Io.Engine.Budget.Held == 0);
    }

    [Fact]
    public async Task PacketsAreParsedWhenTheirTurnComes()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(setUp: io =>
        {
            Block(io);
            io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason));
        });
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["work",1]""");
        await client.Send("""42["work",2]""");
        await client.Send("42 this is no packet");
        await client.Send("2"); // a heartbeat in the wrong direction: all before has been read when it ends the connection
        Assert.Equal(1008, await client.Closed());
        Assert.Equal("1", await _begun.Next());
        _release.SetResult();
        Assert.Equal("2", await _begun.Next());
        Assert.Equal(DisconnectReason.TransportError, await reasons.Next());
    }

    [Fact]
    public async Task AMalformedPacketEndsTheConnectionInItsTurn()
    {
        await using var server = await TestServer.Start(setUp: Block);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["work",1]""");
        await client.Send("""42["work",2]""");
        await client.Send("42{}");
        _release.SetResult();
        Assert.Equal("1", await _begun.Next());
        Assert.Equal("2", await _begun.Next());
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task AnOverloadDropsWhatWaitsOfTheHeaviest()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            options => (options.MaxPayload, options.MaxReceivedBytes) = (25_000, 100_000),
            io =>
            {
                Block(io);
                io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason));
            });
        await using var client = await WebSocketClient.Enter(server);
        var large = $"42[\"work\",\"{new string('x', 20_000)}\"]";
        await client.Send("""42["work",1]""");
        for (var i = 0; i < 6; i++) await client.Send(large);
        await TestServer.Until(() => server.Io.Engine.Budget.Excess > 0);
        server.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1013, await client.Closed());
        await TestServer.Until(() => server.Io.Engine.Budget.Held == 0);
        _release.SetResult();
        Assert.Equal("1", await _begun.Next());
        Assert.Equal(DisconnectReason.Overload, await reasons.Next());
        Assert.Empty(_begun.TakeAll());
    }

    [Fact]
    public async Task WhatIsSentBeforeAClientIsLetInIsBoundedInBytes()
    {
        var queued = new Events<bool>();
        await using var server = await TestServer.Start(
            options => options.MaxQueuedBytes = 100_000,
            io => io.Namespace("/").OnConnect(async (socket, _) =>
            {
                for (var i = 0; i < 3; i++) queued.Add(socket.Emit("x", new string('x', 45_000)));
                await _release.Task;
                return ConnectResult.Accepted;
            }));
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");
        foreach (var expected in (bool[])[true, true, false]) Assert.Equal(expected, await queued.Next());
        Assert.Equal(1008, await client.Closed());
        _release.SetResult();
    }

    private void Block(SocketIoServer io) => io.Namespace("/").On("work", async (_, work) =>
    {
        _begun.Add(work.Arguments[0].ToString());
        await _release.Task;
    });
}
