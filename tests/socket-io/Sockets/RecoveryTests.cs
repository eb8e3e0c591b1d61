using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SocketIo.EngineIo;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

/// <summary>Connection state recovery of Socket.IO 4.6.</summary>
public sealed class RecoveryTests
{
    private readonly Events<DisconnectReason> _ends = new();

    [Fact]
    public async Task AClientThatComesBackGetsWhatItHasMissedInOrderOnce()
    {
        await using var server = await Start();
        var ns = server.Io.Namespace("/");
        var (client, sid, pid) = await Enter(server);
        ns.Emit("seen", 1);
        var offset = OffsetOf(await client.Next(), "seen");
        client.Cut();
        Assert.Equal(DisconnectReason.TransportClose, await _ends.Next());

        ns.Emit("all", 1);
        ns.To("mine").Emit("room", 2);
        ns.To("other").Emit("not mine", 3);
        ns.Emit("binary", new byte[] { 4 });

        var (back, newSid, newPid) = await Enter(server, pid, offset);
        Assert.Equal((sid, pid), (newSid, newPid));
        OffsetOf(await back.Next(), "all");
        OffsetOf(await back.Next(), "room");
        Assert.StartsWith("""451-["binary",{"_placeholder":true,"num":0},"{""".TrimEnd('{'), await back.Next());
        await back.Expect("[4]");
        await back.Send("""42["who"]""");
        Assert.StartsWith("""42["me",true,"kept",["mine"],""", await back.Next());
        await back.DisposeAsync();
    }

    [Fact]
    public async Task AClientThatHasSeenNothingYetGetsEverything()
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        client.Cut();
        await _ends.Next();
        server.Io.Namespace("/").Emit("first");

        var (back, newSid, _) = await Enter(server, pid, offset: null);
        Assert.Equal(sid, newSid);
        OffsetOf(await back.Next(), "first");
        await back.DisposeAsync();
    }

    [Fact]
    public async Task AnOffsetNeverStandsWhereAnArgumentWould()
    {
        await using var server = await Start();
        var (client, _, _) = await Enter(server);
        server.Io.Namespace("/").Emit("bare");
        Assert.StartsWith("42[\"bare\",null,\"", await client.Next());
        server.Io.Namespace("/").Emit("full", 1);
        Assert.StartsWith("42[\"full\",1,\"", await client.Next());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task AClientCanDeclineAndGetsNoOffsets()
    {
        await using var server = await Start();
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("""40{"recovery":false}""");
        Assert.DoesNotContain("pid", await client.Next());
        await server.Socket();
        server.Io.Namespace("/").Emit("bare");
        server.Io.Namespace("/").Emit("full", 1);
        await client.Expect("""42["bare"]""", """42["full",1]""");
    }

    [Fact]
    public async Task AClientThatIsBackBeforeItsLossIsNoticedTakesOver()
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        server.Io.Namespace("/").Emit("seen");
        var offset = OffsetOf(await client.Next(), "seen");

        var (back, newSid, _) = await Enter(server, pid, offset);
        Assert.Equal(sid, newSid);
        Assert.Equal(DisconnectReason.Replaced, await _ends.Next());
        Assert.Equal(1008, await client.Closed());
        server.Io.Namespace("/").Emit("next");
        OffsetOf(await back.Next(), "next");
        await back.DisposeAsync();
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("41")]
    [InlineData("4nonsense")]
    public async Task WhoLeavesOnPurposeOrMisbehavesDoesNotComeBack(string last)
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        await client.Send(last);
        await _ends.Next();

        var (back, newSid, newPid) = await Enter(server, pid);
        Assert.NotEqual(sid, newSid);
        Assert.NotEqual(pid, newPid);
        await back.DisposeAsync();
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhomTheServerDisconnectsDoesNotComeBack(bool closeConnection)
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        (await server.Socket()).Disconnect(closeConnection);
        Assert.Equal(DisconnectReason.ServerDisconnect, await _ends.Next());

        var (back, newSid, _) = await Enter(server, pid);
        Assert.NotEqual(sid, newSid);
        await back.DisposeAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task NobodyComesBackWithWhatIsNotHis()
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        client.Cut();
        await _ends.Next();
        foreach (var (wrongPid, offset) in ((string, string)[])[("guess", "0"), (pid, "0"), (pid, "xxxxxxxx-0"), (sid, "0")])
            (await Enter(server, wrongPid, offset)).Client.Cut();
    }

    [Theory]
    [InlineData("""{"pid":"\ud83d"}""")]
    [InlineData("""{"pid":7,"offset":[]}""")]
    [InlineData("""{"\ud83dpid":"x","pid":"\u0000","offset":"\udc00"}""")]
    public async Task APidThatIsNoneIsPassedOver(string auth)
    {
        await using var server = await Start();
        await using var client = await WebSocketClient.Open(server, 4, "/socket.io");
        await client.Send("40" + auth);
        Assert.StartsWith("""40{"sid":""", await client.Next());
    }

    [Fact]
    public async Task AfterTooLongAClientBeginsAnew()
    {
        await using var server = await Start();
        var (client, sid, pid) = await Enter(server);
        client.Cut();
        await _ends.Next();
        server.Time.Advance(TimeSpan.FromMinutes(3));

        var (back, newSid, _) = await Enter(server, pid);
        Assert.NotEqual(sid, newSid);
        await back.DisposeAsync();
    }

    [Theory]
    [InlineData(10, 1_000_000)]
    [InlineData(1000, 200)]
    public async Task AfterTooManyEventsAClientBeginsAnew(int maxEvents, long maxBytes)
    {
        await using var server = await Start(services => services.Configure<InMemoryRecoveryOptions>(
            options => (options.MaxEvents, options.MaxBytes) = (maxEvents, maxBytes)));
        var (client, sid, pid) = await Enter(server);
        client.Cut();
        await _ends.Next();
        for (var i = 0; i < 11; i++) server.Io.Namespace("/").Emit("n", i);

        var (back, newSid, _) = await Enter(server, pid);
        Assert.NotEqual(sid, newSid);
        await back.DisposeAsync();
    }

    [Fact]
    public async Task EventsThatAreSentDuringTheRecoveryAreNeitherLostNorDoubled()
    {
        await using var server = await Start();
        var ns = server.Io.Namespace("/");
        var (client, _, pid) = await Enter(server);
        ns.Emit("n", -1);
        var offset = OffsetOf(await client.Next(), "n");
        client.Cut();
        await _ends.Next();
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++) ns.Emit("n", i);
        }, TestContext.Current.CancellationToken);

        var (back, _, _) = await Enter(server, pid, offset);
        for (var i = 0; i < 2000; i++) Assert.StartsWith($"42[\"n\",{i},", await back.Next());
        await sending;
        await back.DisposeAsync();
    }

    [Fact]
    public async Task AStoreOfTheHostDecidesAboutOffsets()
    {
        var store = new HostStore();
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/"), services: services => services.AddSingleton<IRecoveryStore>(store));
        var (client, sid, pid) = await Enter(server);
        Assert.Equal(sid, store.Opened!.SocketId);
        server.Io.Namespace("/").Emit("plain");
        await client.Expect("""42["plain"]""");
        server.Io.Namespace("/").Send(EncodedEvent.Create("/", "own", [1], offset: "17"));
        await client.Expect("""42["own",1,"17"]""");
        client.Cut();
        await TestServer.Until(() => server.Io.ConnectionCount == 0);

        store.Missed = [EncodedEvent.Create("/", "missed", [], offset: "18")];
        var (back, newSid, _) = await Enter(server, pid, "17");
        Assert.Equal((sid, "17"), (newSid, store.AskedFor));
        await back.Expect("""42["missed",null,"18"]""");

        // The same event may still be under way to the socket by the host's own delivery.
        server.Io.Namespace("/").Send(store.Missed[0]);
        server.Io.Namespace("/").Send(EncodedEvent.Create("/", "next", [], offset: "19"));
        await back.Expect("""42["next",null,"19"]""");
        await back.DisposeAsync();
    }

    [Fact]
    public async Task WhatWasMissedMayBeMoreThanTheSendQueueHolds()
    {
        var store = new HostStore();
        await using var server = await TestServer.Start(
            options => options.MaxQueuedBytes = 10_000,
            io => io.Namespace("/"), services => services.AddSingleton<IRecoveryStore>(store));
        var (client, _, pid) = await Enter(server);
        await client.DisposeAsync();
        var padding = new string('x', 1000);
        store.Missed = [.. Enumerable.Range(0, 100).Select(number =>
            EncodedEvent.Create("/", "missed", [padding], offset: $"{number}"))];
        var (back, _, samePid) = await Enter(server, pid, "none");
        Assert.Equal(pid, samePid);
        for (var number = 0; number < 100; number++) Assert.Equal($"{number}", OffsetOf(await back.Next(), "missed"));
        server.Io.Namespace("/").Send(EncodedEvent.Create("/", "next", [], offset: "100"));
        await back.Expect("""42["next",null,"100"]""");
        await back.DisposeAsync();
    }

    [Fact]
    public async Task WhoCannotGoOnAfterAllBeginsAnewWithItsItems()
    {
        var store = new HostStore();
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/")
                .OnConnect((socket, _) =>
                {
                    if (!socket.Recovered) return new(ConnectResult.Accepted);
                    socket.Items["note"] = "anew";
                    return new(ConnectResult.Anew);
                })
                .On("who", (socket, _) => socket.Emit("me", socket.Recovered, socket.Items["note"])),
            services: services => services.AddSingleton<IRecoveryStore>(store));
        var (client, sid, pid) = await Enter(server);
        await client.DisposeAsync();
        store.Missed = [EncodedEvent.Create("/", "missed", [], offset: "1")];
        var (back, newSid, newPid) = await Enter(server, pid, "none");
        Assert.NotEqual((sid, pid), (newSid, newPid));
        await back.Send("""42["who"]""");
        await back.Expect("""42["me",false,"anew"]""");
        await back.DisposeAsync();
    }

    [Fact]
    public async Task AStoreThatFailsCostsTheRecoveryOnly()
    {
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnDisconnect((_, reason) => _ends.Add(reason)),
            services: services => services.AddSingleton<IRecoveryStore>(new HostStore { Fails = true }));
        var (client, _, _) = await Enter(server, "some pid");
        Assert.Single(server.Errors.TakeAll());
        await client.Send("41");
        Assert.Equal(DisconnectReason.ClientDisconnect, await _ends.Next());
        await client.DisposeAsync();
        Assert.Single(server.Errors.TakeAll());
    }

    private Task<TestServer> Start(Action<IServiceCollection>? services = null) => TestServer.Start(
        setUp: io => io.Namespace("/").OnConnect((socket, _) =>
        {
            if (!socket.Recovered)
            {
                socket.Items["note"] = "kept";
                socket.Join("mine");
            }

            return new(ConnectResult.Accepted);
        })
        .On("who", (socket, _) => socket.Emit("me", socket.Recovered, socket.Items["note"], socket.Rooms))
        .OnDisconnect((_, reason) => _ends.Add(reason)),
        services: collection =>
        {
            TestServer.AddRecovery(collection);
            services?.Invoke(collection);
        });

    private static async Task<(WebSocketClient Client, string Sid, string Pid)> Enter(
        TestServer server, string? pid = null, string? offset = null)
    {
        var client = await WebSocketClient.Open(server, 4, "/socket.io");
        var auth = pid is null ? "" : JsonSerializer.Serialize(offset is null ? new { pid } : (object)new { pid, offset });
        await client.Send("40" + auth);
        var acceptance = JsonDocument.Parse((await client.Next())[2..]).RootElement;
        return (client, acceptance.GetProperty("sid").GetString()!, acceptance.GetProperty("pid").GetString()!);
    }

    private static string OffsetOf(string packet, string name)
    {
        var values = JsonDocument.Parse(packet[2..]).RootElement;
        Assert.Equal(name, values[0].GetString());
        return values[values.GetArrayLength() - 1].GetString()!;
    }

    private sealed class HostStore : IRecoveryStore
    {
        public bool Fails { get; init; }

        public RecoverableSocket? Opened { get; private set; }

        public string? AskedFor { get; private set; }

        public IReadOnlyList<EncodedEvent> Missed { get; set; } = [];

        public ValueTask OpenAsync(RecoverableSocket socket, CancellationToken cancellation)
        {
            Opened = socket;
            return default;
        }

        public ValueTask LoseAsync(RecoverableSocket socket, CancellationToken cancellation) => default;

        public ValueTask EndAsync(string ns, string pid, CancellationToken cancellation) =>
            Fails ? throw new IOException("on purpose") : default;

        public ValueTask<RecoverableSocket?> FindAsync(
            string ns, string pid, string? offset, Handshake handshake, CancellationToken cancellation) =>
            Fails ? throw new IOException("on purpose") : new(pid == Opened?.Pid ? Opened : null);

        public ValueTask<IReadOnlyList<EncodedEvent>> MissedAsync(string ns, string pid, string? offset, CancellationToken cancellation)
        {
            AskedFor = offset;
            return new(Missed);
        }
    }
}
