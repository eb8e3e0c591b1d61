using System.Net.Http.Headers;
using System.Text;
using SocketIo.Tests.Support;

namespace SocketIo.Tests;

/// <summary>
/// Mutated packets at both revisions, from fixed seeds: no exception escapes, no other connection is disturbed, nothing is kept.
/// </summary>
public sealed class FuzzTests
{
    private const int Rounds = 60;

    private static readonly string[] Packets =
    [
        "40", "40{\"token\":\"x\"}", "40/chat,", "40/chat,{\"pid\":\"x\",\"offset\":\"y\"}", "41", "41/chat,", "42[\"say\",1,\"é😀\"]",
        "42/chat,7[\"say\",{\"a\":[null]}]", "431[1]", "451-[\"say\",{\"_placeholder\":true,\"num\":0}]", "bAQID", "b4AQID",
        "461-3[{\"_placeholder\":true,\"num\":0}]", "44{}", "2", "3", "2probe", "5", "6", "1", "0{}", "4", "42[\"disconnect\"]",
        "42[\"\\ud83d\",{\"\\udc00\":\"\\ud83d\"}]", "40/chat,{\"pid\":\"\\udc00\",\"\\ud83d\":1}",
        "451-[\"say\",{\"\\ud83d_placeholder\":1,\"_placeholder\":true,\"num\":0}]",
    ];

    public static TheoryData<int, int> Seeds => new(from seed in Enumerable.Range(1, 8) from revision in (int[])[3, 4] select (seed, revision));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task WhateverIsSentTheOthersDoNotNotice(int seed, int revision)
    {
        var escaped = new List<Exception>();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            lock (escaped) escaped.Add(e.Exception);
        }

        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            await using var server = await TestServer.Start(
                options =>
                {
                    options.MaxPayload = 10_000;
                    options.MaxQueuedBytes = 100_000;
                },
                SetUp, TestServer.AddRecovery);
            await using var bystander = await WebSocketClient.Enter(server);
            var random = new Random(seed);
            for (var round = 0; round < Rounds; round++)
            {
                var path = random.Next(2) == 0 ? "/socket.io" : "/engine.io";
                if (random.Next(2) == 0) await FuzzWebSocket(server, random, revision, path);
                else await FuzzPolling(server, random, revision, path);
                await bystander.Send($"42[\"say\",{round}]");
                Assert.StartsWith($"42[\"said\",{round},", await bystander.Next());
            }

            // Polling sessions that are still open have nobody any more.
            await bystander.Close();
            await TestServer.Until(() =>
            {
                server.Time.Advance(TimeSpan.FromSeconds(50));
                return server.Io.ConnectionCount + server.Engine.ConnectionCount == 0;
            });
            Assert.Equal(0, server.Io.Namespace("/").Count + server.Io.Namespace("/chat").Count);
            await TestServer.Until(() => server.Io.Namespace("/").Everyone.Members.Length == 0);
        }
        finally
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }

        Assert.Empty(escaped);
    }

    [Fact]
    public async Task NothingOfAConnectionIsKept()
    {
        var seen = new List<WeakReference>();
        await using var server = await TestServer.Start(options => options.MaxPayload = 10_000, io =>
        {
            SetUp(io);
            io.Namespace("/").OnConnect(socket =>
            {
                socket.Join("room");
                lock (seen) seen.AddRange([new(socket), new(socket.Client), new(socket.Client.Engine)]);
            });
        });
        var random = new Random(99);
        for (var round = 0; round < 400; round++) await FuzzWebSocket(server, random, 3 + (round & 1), "/socket.io");

        await server.Emptied();
        Assert.InRange(seen.Count, 300, int.MaxValue);
        await TestServer.Until(() =>
        {
            GC.Collect();
            return seen.Count(reference => reference.IsAlive) <= 3; // what a thread has looked at last
        });
    }

    private static void SetUp(SocketIoServer io)
    {
        foreach (var name in (string[])["/", "/chat"])
        {
            io.Namespace(name)
                .OnConnect(socket => socket.Join("room"))
                .On("say", (socket, e) =>
                {
                    socket.Emit("said", e.Arguments[0]);
                    e.Ack(e.Arguments);
                    // Nobody waits for the answer: its failure is nobody's business.
                    if (e.WantsAck) _ = socket.EmitWithAckAsync("ask", TimeSpan.FromSeconds(1), CancellationToken.None, e.Arguments[0]);
                });
        }
    }

    private static async Task FuzzWebSocket(TestServer server, Random random, int revision, string path)
    {
        using var raw = await RawSocket.Open(server, $"{path}/?EIO={revision}&transport=websocket");
        var bytes = new List<byte>();
        if (random.Next(3) > 0) bytes.AddRange(RawSocket.Text("40"));
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var payload = Mutate(random, Encoding.UTF8.GetBytes(Packets[random.Next(Packets.Length)]), likely: 2);
            var opcode = random.Next(8) switch { 0 => 2, 1 => random.Next(16), _ => 1 };
            var frame = RawSocket.Frame(opcode, payload, isFinal: random.Next(8) > 0, isMasked: random.Next(20) > 0);
            bytes.AddRange(Mutate(random, frame, likely: 6));
        }

        try
        {
            await raw.Send([.. bytes]);
            switch (random.Next(3))
            {
                case 0:
                    raw.HalfClose();
                    await raw.Ended();
                    break;
                case 1:
                    await raw.Next();
                    break;
            }
        }
        catch (IOException)
        {
            // The server has seen enough.
        }
    }

    private static async Task FuzzPolling(TestServer server, Random random, int revision, string path)
    {
        var session = await PollingClient.Open(server, revision, path, random.Next(2) == 0 ? "&b64=1" : "");
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var packets = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Packets[random.Next(Packets.Length)]).Prepend("40").ToArray();
            using var body = new ByteArrayContent(Mutate(random, Encoding.UTF8.GetBytes(session.Payload(packets)), likely: 3));
            if (random.Next(4) == 0) body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            var answer = await server.Post(session.Query, body);
            Assert.Contains(answer.Status, new[] { 200, 400, 413 });
            if (answer.Status != 200) return;
        }

        await session.Post(session.Payload("1"));
    }

    private static byte[] Mutate(Random random, byte[] bytes, int likely)
    {
        var mutated = bytes.ToList();
        while (random.Next(likely) == 0)
        {
            var at = random.Next(mutated.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < mutated.Count:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1 when at < mutated.Count:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when at < mutated.Count:
                    mutated.RemoveRange(at, random.Next(mutated.Count - at) + 1);
                    break;
                default:
                    mutated.InsertRange(at, [.. mutated.Take(random.Next(mutated.Count + 1))]);
                    break;
            }
        }

        return [.. mutated];
    }
}
