using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class BinaryTests
{
    private const string Placeholder0 = """{"_placeholder":true,"num":0}""";
    private const string Placeholder1 = """{"_placeholder":true,"num":1}""";

    [Fact]
    public async Task AttachmentsComeBack()
    {
        await using var server = await TestServer.Start(setUp: Echo);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"452-[\"message\",{Placeholder0},{{\"deep\":[{Placeholder1}]}}]");
        await client.Send(1, 2, 3);
        await client.Send(4, 5, 6);
        await client.Expect($"452-[\"back\",{Placeholder0},{{\"deep\":[{Placeholder1}]}}]", "[1,2,3]", "[4,5,6]");
    }

    [Fact]
    public async Task AttachmentsOfAnAckComeBack()
    {
        await using var server = await TestServer.Start(setUp: Echo);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"451-789[\"ask\",{Placeholder0}]");
        await client.Send(1, 2, 3);
        await client.Expect($"461-789[{Placeholder0}]", "[1,2,3]");
    }

    [Theory]
    [InlineData(3, "", "b4AQID")]
    [InlineData(4, "40", "bAQID")]
    public async Task AttachmentsTravelByPollingToo(int revision, string connect, string data)
    {
        await using var server = await TestServer.Start(setUp: Echo);
        var session = await PollingClient.Open(server, revision, "/socket.io", "&b64=1");
        if (connect.Length > 0)
        {
            await session.Send(connect);
            await session.Poll();
        }

        await session.Post(session.Payload($"451-[\"message\",{Placeholder0}]", data));
        await session.Expect($"451-[\"back\",{Placeholder0}]", data);
    }

    [Fact]
    public async Task BytesAnywhereInAnObjectTravelAsAnAttachment()
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(socket => socket.Emit(
            "picture", new Picture("cat", new Attachment(new byte[] { 7 })), new byte[] { 8 }, new ReadOnlyMemory<byte>([9]))));
        await using var client = await WebSocketClient.Enter(server);
        await client.Expect(
            """453-["picture",{"name":"cat","data":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]""",
            "[7]", "[8]", "[9]");
    }

    [Fact]
    public async Task BytesAnywhereInAnObjectAreRead()
    {
        var read = new Events<Picture?>();
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").On("picture", (_, e) => read.Add(e.Arguments.Get<Picture>())));
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($$"""451-["picture",{"name":"dog","data":{{Placeholder0}}}]""");
        await client.Send(5, 6);

        var picture = await read.Next();
        Assert.Equal("dog", picture!.Name);
        Assert.Equal([5, 6], picture.Data.Data.ToArray());
    }

    [Theory]
    [InlineData("""452-["x",{"_placeholder":true,"num":2}]""")]
    [InlineData("""451-["x",{"_placeholder":true,"num":-1}]""")]
    [InlineData("""451-["x",{"_placeholder":true,"num":"0"}]""")]
    [InlineData("""451-["x",{"_placeholder":true}]""")]
    [InlineData("""451-["x",[{"a":{"_placeholder":true,"num":0.5}}]]""")]
    [InlineData("""45["x"]""")]
    [InlineData("""45x-["x"]""")]
    [InlineData("""45-["x"]""")]
    [InlineData("""4511-["x"]""")]
    [InlineData("""4599999999999-["x"]""")]
    [InlineData("""451""")]
    public async Task APlaceholderMustNameAnAttachment(string packet)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        await client.Send(packet);
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task TextInPlaceOfAnAttachmentEndsTheConnection()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"451-[\"x\",{Placeholder0}]");
        await client.Send("""42["y"]""");
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task BinaryThatNothingAnnouncedEndsTheConnection()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Enter(server);
        await client.Send(1, 2, 3);
        Assert.Equal(1002, await client.Closed());
    }

    [Fact]
    public async Task ABinaryEventWithoutAttachmentsIsComplete()
    {
        await using var server = await TestServer.Start(setUp: Echo);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send("""450-["message",1]""");
        await client.Expect("""42["back",1]""");
    }

    [Fact]
    public async Task AttachmentsThatDoNotComeAreNotWaitedForForEver()
    {
        var reasons = new Events<DisconnectReason>();
        await using var server = await TestServer.Start(
            setUp: io => io.Namespace("/").OnDisconnect((_, reason) => reasons.Add(reason)));
        var session = await PollingClient.Open(server, 4, "/socket.io");
        await session.Send("40");
        await session.Post($"452-[\"x\",{Placeholder0}]\x1ebAQ==");
        server.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(DisconnectReason.ParseError, await reasons.Next());
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
    }

    [Fact]
    public async Task AttachmentsMayNotBeTooBigTogether()
    {
        await using var server = await TestServer.Start(options => options.MaxAttachmentBytes = 100);
        await using var client = await WebSocketClient.Enter(server);
        await client.Send($"453-[\"x\",{Placeholder0}]");
        await client.Send(new byte[60]);
        await client.Send(new byte[60]);
        Assert.Equal(1009, await client.Closed());
    }

    private static void Echo(SocketIoServer io) => io.Namespace("/")
        .On("message", (socket, e) => socket.Emit("back", e.Arguments))
        .On("ask", (_, e) => e.Ack(e.Arguments));

    private sealed record Picture(string Name, Attachment Data);
}
