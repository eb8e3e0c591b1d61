using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

/// <summary>What happens while a connect handler still decides.</summary>
public sealed class ConnectingTests
{
    [Fact]
    public async Task AHandlerLearnsThatItsClientIsGone()
    {
        var entered = new Events<ClientSocket>();
        var cancelled = new Events<bool>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(async (socket, _) =>
        {
            entered.Add(socket);
            var gone = new TaskCompletionSource();
            await using var registration = socket.Disconnected.Register(gone.SetResult);
            await gone.Task;
            socket.Join("room");
            cancelled.Add(true);
            return ConnectResult.Accepted;
        }));
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40");
        var socket = await entered.Next();
        client.Cut();
        Assert.True(await cancelled.Next());

        await server.Emptied();
        await TestServer.Until(() => server.Io.Namespace("/").Count == 0);
        Assert.False(socket.IsConnected);
        Assert.Null(server.Io.Namespace("/").Rooms.Find("room"));
        Assert.Empty(server.Io.Namespace("/").Everyone.Members);
    }

    [Fact]
    public async Task ClientsThatVanishWhileTheyEnterLeaveNothingBehind()
    {
        var entered = 0;
        var left = 0;
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(async (socket, _) =>
        {
            socket.Join("room");
            await Task.Yield();
            Interlocked.Increment(ref entered);
            return ConnectResult.Accepted;
        }).OnDisconnect((_, _) => Interlocked.Increment(ref left)));
        for (var i = 0; i < 200; i++)
        {
            using var raw = await RawSocket.Open(server, "/socket.io/?EIO=4&transport=websocket");
            await raw.Send(RawSocket.Text("40"));
        }

        await server.Emptied();
        await TestServer.Until(() => Volatile.Read(ref left) == Volatile.Read(ref entered) && server.Io.Namespace("/").Count == 0);
        Assert.Empty(server.Io.Namespace("/").Everyone.Members);
        Assert.Null(server.Io.Namespace("/").Rooms.Find("room"));
    }
}
