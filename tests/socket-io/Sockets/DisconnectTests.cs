using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class DisconnectTests
{
    private readonly Events<(string Namespace, DisconnectReason Reason)> _ends = new();

    [Theory]
    [InlineData("41", null)]
    [InlineData("""42["disconnect"]""", "41")]
    public async Task AClientLeavesANamespaceAndKeepsTheConnection(string packet, string? answer)
    {
        await using var server = await TestServer.Start(setUp: TwoNamespaces);
        await using var client = await WebSocketClient.Enter(server, "/b");
        await client.Send("40");
        await client.Next();
        await client.Send(packet);
        if (answer is not null) await client.Expect(answer);
        await client.Send("""42["late"]"""); // on its way already: no fault
        await client.Send("""42/b,["say","hi"]""");
        await client.Expect("""42/b,["said","hi"]""");

        Assert.Equal(("/", DisconnectReason.ClientDisconnect), await _ends.Next());
        await client.Send("40"); // and comes back
        Assert.StartsWith("40{", await client.Next());
    }

    [Theory]
    [InlineData(3, "/", "")]
    [InlineData(4, "/", "")]
    [InlineData(4, "/b", "/b,")]
    public async Task AClientThatSaysAsAnEventThatItLeavesIsDisconnected(int revision, string ns, string prefix)
    {
        await using var server = await TestServer.Start(setUp: TwoNamespaces);
        await using var client = await WebSocketClient.Open(server, revision, "/socket.io");
        if (revision == 4) await client.Send($"40{prefix}");
        await client.Next();
        await client.Send($"""42{prefix}7["disconnect","bye"]""");
        await client.Expect($"43{prefix}7[]", $"41{prefix}");
        Assert.Equal(1000, await client.Closed());
        Assert.Equal((ns, DisconnectReason.ClientDisconnect), await _ends.Next());
        await server.Emptied();
    }

    [Fact]
    public async Task APollingClientThatSaysSoIsDisconnectedToo()
    {
        await using var server = await TestServer.Start(setUp: TwoNamespaces);
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        await session.Send("""42["disconnect"]""");
        await session.Expect("41", "1");
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
    }

    [Fact]
    public async Task TheServerPutsAClientOutOfANamespace()
    {
        await using var server = await TestServer.Start(setUp: TwoNamespaces);
        await using var client = await WebSocketClient.Enter(server, "/b");
        await client.Send("40");
        await client.Next();
        var socket = await server.Socket("/b");
        socket.Disconnect();

        await client.Expect("41/b,");
        Assert.False(socket.IsConnected);
        Assert.False(socket.Emit("x"));
        Assert.Equal(("/b", DisconnectReason.ServerDisconnect), await _ends.Next());
        await client.Send("""42/b,["say","ignored"]""");
        await client.Send("""42["say","hi"]""");
        await client.Expect("""42["said","hi"]""");
    }

    [Fact]
    public async Task TheEndOfTheConnectionEndsAllItsSockets()
    {
        await using var server = await TestServer.Start(setUp: TwoNamespaces);
        await using var client = await WebSocketClient.Enter(server, "/b");
        await client.Send("40");
        await client.Next();
        client.Cut();

        var ends = new[] { await _ends.Next(), await _ends.Next() };
        Assert.Equal(["/", "/b"], ends.Select(end => end.Namespace).Order());
        Assert.All(ends, end => Assert.Equal(DisconnectReason.TransportClose, end.Reason));
        await server.Emptied();
        Assert.Equal(0, server.Io.Namespace("/").Count + server.Io.Namespace("/b").Count);
    }

    [Fact]
    public async Task EventsThatCameBeforeTheEndAreHandledBeforeIt()
    {
        var order = new Events<string>();
        var release = new TaskCompletionSource();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("say", async (_, e) =>
        {
            await release.Task;
            order.Add(e.Arguments[0].ToString());
        }).OnDisconnect((_, reason) => order.Add($"{reason}")));
        await using var client = await WebSocketClient.Enter(server);
        var gone = (await server.Socket()).Disconnected;
        for (var i = 0; i < 3; i++) await client.Send($"""42["say",{i}]""");
        await client.Close();
        await TestServer.Until(() => gone.IsCancellationRequested); // who waits for it hears of it at once
        release.SetResult();

        foreach (var expected in (string[])["0", "1", "2", "TransportClose"]) Assert.Equal(expected, await order.Next());
    }

    [Fact]
    public async Task PerConnectionStateLivesAsLongAsTheSocket()
    {
        var states = new Events<object?>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/")
            .OnConnect(socket => socket.Items["visits"] = 1)
            .On("visit", (socket, _) => socket.Items["visits"] = (int)socket.Items["visits"]! + 1)
            .OnDisconnect((socket, _) => states.Add(socket.Items["visits"])));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["visit"]""");
        await client.Send("41");
        Assert.Equal(2, await states.Next());
    }

    [Fact]
    public async Task ADisconnectHandlerIsCalledOnceWhoeverEndsItFirst()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var server = await TestServer.Start(setUp: TwoNamespaces);
            await using var client = await WebSocketClient.Enter(server);
            var socket = await server.Socket();
            await Task.WhenAll(
                Task.Run(() => socket.Disconnect(), TestContext.Current.CancellationToken),
                Task.Run(() => socket.Disconnect(closeConnection: true), TestContext.Current.CancellationToken),
                client.Send("41"));
            await client.Closed();
            await _ends.Next();
            await server.Emptied();
            Assert.Empty(_ends.TakeAll());
        }
    }

    private void TwoNamespaces(SocketIoServer io)
    {
        foreach (var name in (string[])["/", "/b"])
        {
            io.Namespace(name)
                .On("say", (socket, e) => socket.Emit("said", e.Arguments))
                .OnDisconnect((socket, reason) =>
                {
                    Assert.Equal(reason, socket.Reason);
                    _ends.Add((name, reason));
                });
        }
    }
}
