using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class RoomTests
{
    [Fact]
    public async Task MembersGetWhatIsSentToTheirRoom()
    {
        await using var server = await TestServer.Start(setUp: Rooms);
        await using var a = await WebSocketClient.Enter(server);
        await using var b = await WebSocketClient.Enter(server);
        await using var c = await WebSocketClient.Enter(server);
        await Join(a, "red");
        await Join(b, "red");
        await Join(b, "blue");
        await Join(c, "blue");
        var ns = server.Io.Namespace("/");

        ns.To("red").Emit("to", "red");
        ns.To("red").To("blue").Emit("to", "both");
        ns.To("nobody").Emit("to", "nobody");
        ns.Emit("to", "all");
        await a.Expect("""42["to","red"]""", """42["to","both"]""", """42["to","all"]""");
        await b.Expect("""42["to","red"]""", """42["to","both"]""", """42["to","all"]""");
        await c.Expect("""42["to","both"]""", """42["to","all"]""");
        Assert.Equal(2, ns.To("red").Sockets.Count);
        Assert.Equal(3, ns.To("red").To("blue").Sockets.Count);
    }

    [Fact]
    public async Task ASenderCanBeLeftOut()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/")
            .OnConnect(socket => socket.Join("room"))
            .On("say", (socket, e) =>
            {
                socket.Namespace.To("room").Except(socket).Emit("said", e.Arguments);
                socket.Namespace.Except(socket).Emit("shouted", e.Arguments);
                socket.Emit("end");
            }));
        await using var a = await WebSocketClient.Enter(server);
        await using var b = await WebSocketClient.Enter(server);
        await a.Send("""42["say","hi"]""");
        await a.Expect("""42["end"]""");
        await b.Expect("""42["said","hi"]""", """42["shouted","hi"]""");
    }

    [Fact]
    public async Task ARoomIsGoneWithItsLastMember()
    {
        await using var server = await TestServer.Start(setUp: Rooms);
        var ns = server.Io.Namespace("/");
        await using (var client = await WebSocketClient.Enter(server))
        {
            await Join(client, "room");
            Assert.Equal(["room"], (await server.Socket()).Rooms);
            await client.Send("""42["leave","room"]""");
            await client.Expect("""42["left","room"]""");
            Assert.Null(ns.Rooms.Find("room"));
            await Join(client, "room");
            await client.Close();
        }

        await TestServer.Until(() => ns.Count == 0);
        Assert.Null(ns.Rooms.Find("room"));
        await using var again = await WebSocketClient.Enter(server);
        await Join(again, "room");
        ns.To("room").Emit("hello");
        await again.Expect("""42["hello"]""");
    }

    [Fact]
    public async Task NamespacesHaveRoomsOfTheirOwn()
    {
        await using var server = await TestServer.Start(setUp: io =>
        {
            io.Namespace("/").OnConnect(socket => socket.Join("room"));
            io.Namespace("/b").OnConnect(socket => socket.Join("room"));
        });
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("40/b,");
        await client.Next();
        server.Io.Namespace("/b").To("room").Emit("only b");
        server.Io.Namespace("/").To("room").Emit("only root");
        await client.Expect("""42/b,["only b"]""", """42["only root"]""");
    }

    [Fact]
    public async Task EverybodySeesTheSameOrder()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(socket => socket.Join("room")));
        var clients = new List<WebSocketClient>();
        for (var i = 0; i < 5; i++) clients.Add(await WebSocketClient.Enter(server));
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++) server.Io.Namespace("/").To("room").Emit("n", sender, i);
        }));
        await Task.WhenAll(senders).InTime();

        var orders = new List<List<string>>();
        foreach (var client in clients)
        {
            var order = new List<string>();
            while (order.Count < 1000) order.Add(await client.Next());
            orders.Add(order);
            await client.DisposeAsync();
        }

        Assert.All(orders, order => Assert.Equal(orders[0], order));
    }

    [Fact]
    public async Task WhoEntersAndLeavesWhileOthersSendLosesNobody()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        var ns = server.Io.Namespace("/");
        var socket = await server.Socket();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                socket.Join($"room{(worker + i) % 3}");
                ns.To("room0").To("room1").Send(ns.Encode("x"));
                socket.Leave($"room{(worker + i) % 3}");
            }
        }))).InTime();

        Assert.Empty(socket.Rooms);
        Assert.All(Enumerable.Range(0, 3), room => Assert.Null(ns.Rooms.Find($"room{room}")));
    }

    private static void Rooms(SocketIoServer io) => io.Namespace("/")
        .On("join", (socket, e) =>
        {
            socket.Join(e.Arguments[0].GetString()!);
            socket.Emit("joined", e.Arguments);
        })
        .On("leave", (socket, e) =>
        {
            socket.Leave(e.Arguments[0].GetString()!);
            socket.Emit("left", e.Arguments);
        });

    private static async Task Join(WebSocketClient client, string room)
    {
        await client.Send($"""42["join","{room}"]""");
        await client.Expect($"""42["joined","{room}"]""");
    }
}
