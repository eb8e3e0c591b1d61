using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class WebSocketTests
{
    private const string Path4 = "/engine.io/?EIO=4&transport=websocket";

    public static TheoryData<int> Revisions => [3, 4];

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task TextComesBackAsText(int revision)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, revision);
        foreach (var text in (string[])["4hello", "4", "4é€😀", "4" + new string('x', 200), "4" + new string('y', 70_000)])
        {
            await client.Send(text);
            await client.Expect(text);
        }
    }

    [Fact]
    public async Task BinaryOfRevision4IsBare()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        await client.Send(1, 2, 3);
        await client.Expect("[1,2,3]");
        await client.Send("bAQID");
        await client.Expect("[1,2,3]");
    }

    [Fact]
    public async Task BinaryOfRevision3HasATypeInFront()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 3);
        await client.Send(4, 1, 2, 3);
        await client.Expect("[4,1,2,3]");
        await client.Send("b4AQID");
        await client.Expect("[4,1,2,3]");
    }

    [Fact]
    public async Task BinaryOfRevision3IsBase64IfTheClientAsksForIt()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 3, query: "&b64=1");
        await client.Send("b4AQID");
        await client.Expect("b4AQID");
    }

    [Fact]
    public async Task ManyMessagesKeepTheirOrder()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 5000; i++) await client.Send($"4{i}");
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 5000; i++) await client.Expect($"4{i}");
        await sending;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task FramesMayComeInPieces(int size)
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Next();
        byte[] bytes = [.. RawSocket.Text("4hello"), .. RawSocket.Text("4" + new string('x', 300))];
        foreach (var piece in bytes.Chunk(size)) await raw.Send(piece);

        await raw.Expect("4hello");
        await raw.Expect("4" + new string('x', 300));
    }

    [Fact]
    public async Task MessagesMayComeInFragmentsWithAPingBetween()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Next();
        await raw.Send(
        [
            .. RawSocket.Text("4on", isFinal: false), .. RawSocket.Frame(9, [7, 8]), .. RawSocket.Frame(0, [], isFinal: false),
            .. RawSocket.Frame(0, "e"u8.ToArray()), .. RawSocket.Text("4two"),
        ]);

        var (opcode, payload) = await raw.Next();
        Assert.Equal(10, opcode);
        Assert.Equal([7, 8], payload);
        await raw.Expect("4one");
        await raw.Expect("4two");
    }

    public static TheoryData<string, byte[], int> BrokenRules => new()
    {
        { "a frame that is not masked", RawSocket.Frame(1, "4x"u8.ToArray(), isMasked: false), 1002 },
        { "a reserved bit", RawSocket.Frame(1, "4x"u8.ToArray(), reserved: 0x40), 1002 },
        { "an unknown opcode", RawSocket.Frame(3, []), 1002 },
        { "a fragmented ping", RawSocket.Frame(9, [], isFinal: false), 1002 },
        { "a long ping", RawSocket.Frame(9, new byte[126]), 1002 },
        { "a continuation of nothing", RawSocket.Frame(0, [1]), 1002 },
        { "a message inside another", [.. RawSocket.Text("4a", isFinal: false), .. RawSocket.Text("4b")], 1002 },
        { "text that is not UTF-8", RawSocket.Frame(1, [0x34, 0xff]), 1007 },
        { "a message over the limit", RawSocket.Frame(2, new byte[1001]), 1009 },
        { "fragments over the limit", [.. RawSocket.Frame(2, new byte[600], isFinal: false), .. RawSocket.Frame(0, new byte[600])], 1009 },
        { "a length that lies", [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009 },
        { "a negative length", [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009 },
        { "an empty packet", RawSocket.Frame(1, []), 1002 },
        { "an unknown packet", RawSocket.Text("abc"), 1002 },
        { "an open packet", RawSocket.Text("0{}"), 1002 },
        { "a ping of revision 3", RawSocket.Text("2"), 1008 },
        { "base64 that is none", RawSocket.Text("b!!"), 1002 },
    };

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task WhoBreaksARuleIsToldWhich(string rule, byte[] bytes, int code)
    {
        Assert.NotEmpty(rule);
        await using var server = await TestServer.Start(options => options.MaxPayload = 1000);
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Send(bytes);

        Assert.Equal(code, await raw.Closed());
        raw.HalfClose();
        await raw.Ended();
        await server.Emptied();
    }

    [Theory]
    [InlineData(new byte[] { 3, 1 })]
    [InlineData(new byte[] { })]
    public async Task ABinaryFrameOfRevision3IsAMessage(byte[] data)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 3);
        await client.Send(data);

        Assert.Equal(1002, await client.Closed());
        Assert.Equal(DisconnectReason.ParseError, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task ALengthThatIsOnlyAnnouncedCostsNothing()
    {
        await using var server = await TestServer.Start(options => options.MaxPayload = 1_000_000_000);
        var before = GC.GetTotalAllocatedBytes();
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Send(0x82, 0xff, 0, 0, 0, 0, 0x3b, 0x9a, 0xc9, 0xff, 1, 2, 3, 4, 5);
        raw.Dispose();

        await server.EngineClosed.Next();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50_000_000);
    }

    [Fact]
    public async Task AConnectionThatIsCutInTheMiddleOfAFrameIsGone()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Send(RawSocket.Text("4hello")[..5]);
        raw.Dispose();

        Assert.Equal(DisconnectReason.TransportClose, await server.EngineClosed.Next());
        await server.Emptied();
    }

    [Fact]
    public async Task ACloseFrameIsAnswered()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, Path4);
        await raw.Next();
        await raw.Send([.. RawSocket.Text("4last"), .. RawSocket.Frame(8, [0x03, 0xe8])]);

        Assert.Equal(1000, await raw.Closed());
        await raw.Ended();
        Assert.Equal(DisconnectReason.TransportClose, await server.EngineClosed.Next());
        await server.Emptied();
    }

    [Fact]
    public async Task AClosePacketClosesToo()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        await client.Send("1");

        Assert.Equal(1000, await client.Closed());
        Assert.Equal(DisconnectReason.TransportClose, await server.EngineClosed.Next());
    }
}
