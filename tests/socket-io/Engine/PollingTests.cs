using System.Net.Http.Headers;
using System.Text;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class PollingTests
{
    public static TheoryData<int> Revisions => [3, 4];

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task PacketsComeBackInOrder(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision, query: "&b64=1");
        var answer = await session.Post(session.Payload("4one", "4two", revision == 3 ? "b4AQIDBA==" : "bAQIDBA==", "4four"));

        Assert.Equal("ok", answer.Text);
        Assert.Equal("text/html", answer.ContentType);
        await session.Expect("4one", "4two", revision == 3 ? "b4AQIDBA==" : "bAQIDBA==", "4four");
    }

    [Fact]
    public async Task Revision3AnswersInBinaryIfThereIsAnyAndTheClientCanReadIt()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 3);
        await session.Post(session.Payload("4hé", "b4AQID"));
        var answer = await session.Poll();

        Assert.Equal("application/octet-stream", answer.ContentType);
        Assert.Equal([0, 4, 255, (byte)'4', (byte)'h', 0xc3, 0xa9, 1, 4, 255, 4, 1, 2, 3], answer.Bytes);
    }

    [Fact]
    public async Task Revision3TakesBinaryPayloadsIn()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 3, query: "&b64=1");
        using var body = new ByteArrayContent([0, 4, 255, (byte)'4', (byte)'h', 0xc3, 0xa9, 1, 4, 255, 4, 1, 2, 3]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        Assert.Equal(200, (await server.Post(session.Query, body)).Status);
        await session.Expect("4hé", "b4AQID");
    }

    [Fact]
    public async Task Revision4KnowsNoBinaryPayload()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var body = new ByteArrayContent([0, 4, 255]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        (await server.Post(session.Query, body)).IsRefusal(3, "Bad request");
        Assert.Equal(DisconnectReason.ParseError, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task Revision3CountsAsJavaScriptDoes()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 3);
        await session.Send("4a€😀é");
        await session.Expect("4a€😀é");
    }

    [Fact]
    public async Task TextThatClientsOf1xEncodeTwiceIsUnderstood()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 3);
        var twice = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("4é€😀"));
        await session.Send(twice);
        await session.Expect("4é€😀");
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task APollWaitsForAPacket(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);
        var poll = session.Poll();
        await session.Send("4late");

        Assert.Equal(session.Payload("4late"), (await poll).Text);
    }

    [Theory]
    [InlineData(4, "")]
    [InlineData(4, "abc")]
    [InlineData(4, "7")]
    [InlineData(4, "4one\u001e")]
    [InlineData(4, "b***")]
    [InlineData(4, "0{}")]
    [InlineData(3, "")]
    [InlineData(3, "abc")]
    [InlineData(3, "6:4one")]
    [InlineData(3, "999999999999:4")]
    [InlineData(3, ":4")]
    [InlineData(3, "-1:4")]
    [InlineData(3, "2:4😀")]
    [InlineData(3, "3:9ab")]
    [InlineData(3, "6:b2AQID")]
    [InlineData(3, "4:4one3")]
    public async Task AMalformedPayloadEndsTheSession(int revision, string body)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);

        (await session.Post(body)).IsRefusal(3, "Bad request");
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
        Assert.Equal(DisconnectReason.ParseError, await server.EngineClosed.Next());
    }

    [Theory]
    [InlineData(new byte[] { (byte)'4', 0xff, 0xfe })]
    [InlineData(new byte[] { (byte)'4', 0xc3 })]
    [InlineData(new byte[] { (byte)'4', 0xed, 0xa0, 0x80 })]
    public async Task TextIsUtf8(byte[] body)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var content = new ByteArrayContent(body);

        (await server.Post(session.Query, content)).IsRefusal(3, "Bad request");
    }

    [Theory]
    [InlineData(new byte[] { 2, 1, 255, 52 })]
    [InlineData(new byte[] { 0, 255, 52 })]
    [InlineData(new byte[] { 0, 9, 9, 255, 52 })]
    [InlineData(new byte[] { 0, 12, 255, 52 })]
    [InlineData(new byte[] { 1, 2, 255, 3, 1 })]
    [InlineData(new byte[] { 0, 1 })]
    public async Task AMalformedBinaryPayloadEndsTheSessionToo(byte[] body)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 3);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        (await server.Post(session.Query, content)).IsRefusal(3, "Bad request");
        await server.Emptied();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task APayloadMayNotBeTooBig(bool isAnnounced)
    {
        await using var server = await TestServer.Start(options => options.MaxPayload = 1000);
        var session = await PollingClient.Open(server, 4);
        using var body = new StringContent("4" + new string('x', 1000));
        if (!isAnnounced) body.Headers.ContentLength = null;

        (await server.Post(session.Query, body)).IsRefusal(3, "Bad request", 413);
        Assert.Equal(DisconnectReason.PayloadTooLarge, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task APayloadMayBeAsBigAsAllowed()
    {
        await using var server = await TestServer.Start(options => options.MaxPayload = 1000);
        var session = await PollingClient.Open(server, 4);
        var packet = "4" + new string('x', 999);
        await session.Send(packet);
        await session.Expect(packet);
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task TwoPollsAtOnceEndTheSession(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);
        var polls = new List<Task<Answer>> { session.Poll(), session.Poll() };
        var first = await Task.WhenAny(polls);
        polls.Remove(first);
        var answers = new[] { await first, await polls[0] };

        Assert.Equal(session.Payload("1"), answers.Single(answer => answer.Status == 200).Text);
        answers.Single(answer => answer.Status != 200).IsRefusal(3, "Bad request");
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
        Assert.Equal(DisconnectReason.TransportError, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task ACancelledPollEndsTheSession()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var raw = await RawSocket.Connect(server);
        await raw.Send(Encoding.ASCII.GetBytes($"GET {session.Query} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        raw.Dispose();

        Assert.Equal(DisconnectReason.TransportError, await server.EngineClosed.Next());
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
    }

    [Fact]
    public async Task ACutPostEndsTheSession()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var raw = await RawSocket.Connect(server);
        await raw.Send(Encoding.ASCII.GetBytes($"POST {session.Query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n4one"));
        raw.Dispose();

        Assert.Equal(DisconnectReason.TransportError, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task APostThatNeverEndsGoesWithItsSession()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        using var raw = await RawSocket.Connect(server);
        await raw.Send(Encoding.ASCII.GetBytes($"POST {session.Query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n4"));
        var poll = session.Poll();
        server.Time.Advance(TimeSpan.FromSeconds(26)); // a ping
        Assert.Equal("2", (await poll).Text);
        server.Time.Advance(TimeSpan.FromSeconds(21)); // and no pong

        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
        await raw.Ended();
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task TheClientMayCloseTheSession(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);
        var poll = session.Poll();
        await session.Send("4before");
        Assert.Equal(session.Payload("4before"), (await poll).Text);
        poll = session.Poll();
        await session.Send("1"); // whether the poll has come first or not
        Assert.Equal(session.Payload("6"), (await poll).Text);
        Assert.Equal(DisconnectReason.TransportClose, await server.EngineClosed.Next());
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
    }
}
