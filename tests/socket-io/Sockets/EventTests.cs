using System.Text.Json;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class EventTests
{
    [Theory]
    [InlineData("""[1,"2",{"3":[true]}]""")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("""["é€😀"]""")]
    [InlineData("""["quote \" backslash \\ <tag> & 'apostrophe'"]""")]
    [InlineData("[0.1,1e-7,12345678901234567890]")]
    [InlineData("""[{"_placeholder":true,"num":9}]""")]
    public async Task ArgumentsComeBackAsTheyWere(string arguments)
    {
        await using var server = await TestServer.Start(setUp: Echo);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"42[\"message\"{(arguments == "[]" ? "" : ",")}{arguments[1..]}");
        await client.Expect($"42[\"message-back\"{(arguments == "[]" ? "" : ",")}{arguments[1..]}");
    }

    [Fact]
    public async Task AnObjectIsSentAsWebJson()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/chat").OnConnect(
            socket => socket.Emit("hello", new { FirstName = "Zoë", Age = 3 }, null, "text", 1.5, true)));
        await using var client = await WebSocketClient.Enter(server, "/chat");
        await client.Expect("""42/chat,["hello",{"firstName":"Zoë","age":3},null,"text",1.5,true]""");
    }

    [Fact]
    public async Task AnArgumentIsReadAsAnObject()
    {
        var read = new Events<Person?>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("person", (_, e) => read.Add(e.Arguments.Get<Person>())));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["person",{"firstName":"Zoë","age":3}]""");
        Assert.Equal(new Person("Zoë", 3), await read.Next());
    }

    [Fact]
    public async Task ArgumentsThatAreMissingAreUndefined()
    {
        var kinds = new Events<JsonValueKind>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("none", (_, e) =>
        {
            kinds.Add(e.Arguments[0].ValueKind);
            Assert.Throws<JsonException>(() => e.Arguments.Get<Person>());
        }));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["none"]""");
        Assert.Equal(JsonValueKind.Undefined, await kinds.Next());
    }

    [Fact]
    public async Task EventsWithoutAHandlerGoToTheCatchAll()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/")
            .On("known", (socket, _) => socket.Emit("handled"))
            .OnAny((socket, e) => socket.Emit("any", e.Name, e.Arguments.Count)));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["known",1]""");
        await client.Send("""42["unknown",1,2]""");
        await client.Send("""42[17]""");
        await client.Expect("""42["handled"]""", """42["any","unknown",2]""", """42["any","17",0]""");
    }

    [Fact]
    public async Task ANameThatNoStringCanHoldIsUnknown()
    {
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnAny((socket, e) => socket.Emit($"{e.Name}?", e.Arguments)));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["\ud83d","\udc00"]""");
        await client.Expect("""42["?","\udc00"]""".Replace("?", "\ufffd?"));
        await client.Send("""451-["a",{"\ud83d _placeholder":true,"\udc00um":7,"_placeholder":true,"num":0}]""");
        await client.Send([7]);
        await client.Expect("""451-["a?",{"\ud83d _placeholder":true,"\udc00um":7,"_placeholder":true,"num":0}]""");
        await client.Expect("[7]");
    }

    [Theory]
    [InlineData(64, 63, true)]
    [InlineData(64, 64, false)]
    [InlineData(10_000, 9_999, true)]
    [InlineData(10_000, 10_000, false)]
    [InlineData(64, 400_000, false)]
    public async Task ArgumentsMayBeNestedAsDeepAsTheLimit(int limit, int depth, bool isAllowed)
    {
        await using var server = await TestServer.Start(
            options => options.MaxDepth = limit,
            io => io.Namespace("/").On("message", (socket, e) => socket.Emit("back", new { wrapped = e.Arguments[0] })));
        await using var client = await WebSocketClient.Enter(server);
        var nested = new string('[', depth) + new string(']', depth);
        await client.Send($"42[\"message\",{nested}]");
        if (isAllowed) await client.Expect($"42[\"back\",{{\"wrapped\":{nested}}}]");
        else Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task ManyPlaceholdersWithinEachOtherAreLookedAtWithoutHarm()
    {
        await using var server = await TestServer.Start(
            options => options.MaxDepth = 10_000, io => io.Namespace("/").On("deep", (socket, _) => socket.Emit("back")));
        await using var client = await WebSocketClient.Enter(server);
        var start = string.Concat(Enumerable.Repeat("""{"_placeholder":true,"num":0,"a":""", 9_000));
        await client.Send($"451-[\"deep\",{start}0{new string('}', 9_000)}]");
        await client.Send([7]);
        await client.Expect("""42["back"]""");
    }

    [Fact]
    public async Task EventsOfAConnectionAreHandledOneAfterAnother()
    {
        var running = 0;
        await using var server = await TestServer.Start(setUp: io =>
        {
            foreach (var name in (string[])["/", "/other"])
            {
                io.Namespace(name).On("work", async (socket, e) =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref running));
                    for (var i = 0; i < 5; i++) await Task.Yield();
                    Interlocked.Decrement(ref running);
                    socket.Emit("done", e.Arguments);
                });
            }
        });
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("40/other,");
        await client.Next();
        for (var i = 0; i < 500; i++) await client.Send(i % 2 == 0 ? $"""42["work",{i}]""" : $"""42/other,["work",{i}]""");
        for (var i = 0; i < 500; i++) await client.Expect(i % 2 == 0 ? $"""42["done",{i}]""" : $"""42/other,["done",{i}]""");
    }

    [Fact]
    public async Task AHandlerThatFailsIsLoggedAndTheConnectionGoesOn()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/")
            .On("fail", (_, _) => throw new InvalidOperationException("on purpose"))
            .On("fail-later", async (_, _) =>
            {
                await Task.Yield();
                throw new InvalidOperationException("on purpose");
            })
            .On("ping-me", (socket, _) => socket.Emit("pong-you")));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""42["fail"]""");
        await client.Send("""42["fail-later"]""");
        await client.Send("""42["ping-me"]""");
        await client.Expect("""42["pong-you"]""");
        Assert.Equal(2, server.Errors.TakeAll().Count);
    }

    [Theory]
    [InlineData("42{}")]
    [InlineData("42[]")]
    [InlineData("42")]
    [InlineData("42[{}]")]
    [InlineData("42[\"x\"")]
    [InlineData("42[\"x\"]]")]
    [InlineData("42abc[\"x\"]")]
    [InlineData("429999999999999999[\"x\"]")]
    [InlineData("47[\"x\"]")]
    [InlineData("43[1]")]
    [InlineData("431{}")]
    [InlineData("41[]")]
    [InlineData("42[\"connect\"]")]
    [InlineData("42[\"disconnecting\"]")]
    [InlineData("42/nowhere,[\"x\"]")]
    [InlineData("4")]
    public async Task AnInvalidPacketEndsTheConnection(string packet)
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason)));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send(packet);

        Assert.Equal(1002, await client.Closed());
        Assert.Equal(DisconnectReason.ParseError, await reasons.Next());
        await server.Emptied();
    }

    [Fact]
    public async Task JsonThatIsTooDeepIsInvalid()
    {
        await using var server = await TestServer.Start(setUp: Echo);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"42[\"message\",{new string('[', 1000)}{new string(']', 1000)}]");
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task NoEventMayBearAReservedName()
    {
        await using var server = await TestServer.Start();
        var ns = server.Io.Namespace("/");
        foreach (var name in (string[])["connect", "connect_error", "disconnect", "disconnecting"])
        {
            Assert.Throws<ArgumentException>(() => ns.Emit(name));
            Assert.Throws<ArgumentException>(() => ns.On(name, (_, _) => { }));
        }
    }

    [Fact]
    public async Task WhoSendsFasterThanHandlersWorkIsSlowedDown()
    {
        var begun = new Events<bool>();
        var release = new TaskCompletionSource();
        var handled = 0;
        await using var server = await TestServer.Start(
            options => options.MaxPendingPackets = 4,
            io => io.Namespace("/").On("work", async (_, _) =>
            {
                begun.Add(true);
                await release.Task;
                handled++;
            }).On("end", (socket, _) => socket.Emit("all", handled)));
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Poll();
        var posting = session.Post(string.Join('\x1e', Enumerable.Repeat("""42["work"]""", 50).Append("""42["end"]""")));
        await begun.Next();
        Assert.False(posting.IsCompleted);
        release.SetResult();
        Assert.Equal("ok", (await posting).Text);
        await session.Expect("""42["all",50]""");
    }

    private static void Echo(SocketIoServer io) =>
        io.Namespace("/").On("message", (socket, e) => socket.Emit("message-back", e.Arguments));

    private sealed record Person(string FirstName, int Age);
}
