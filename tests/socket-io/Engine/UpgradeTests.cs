using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

public sealed class UpgradeTests
{
    public static TheoryData<int> Revisions => [3, 4];

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task ASessionGoesOverToWebSocket(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);
        var poll = session.Poll();
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        Assert.Equal(session.Payload("6"), (await poll).Text);
        await session.Expect("6");
        await client.Send("5");
        await client.Send("4hello");
        await client.Expect("4hello");

        (await session.Poll()).IsRefusal(3, "Bad request");
        (await session.Post(session.Payload("4x"))).IsRefusal(3, "Bad request");
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task NothingIsLostOrReorderedOnTheWay(int revision)
    {
        await using var server = await TestServer.Start(setUp: io => io.Namespace("/").OnConnect(_ => { }));
        var session = await PollingClient.Open(server, revision, "/socket.io");
        if (revision == 4) await session.Send("40");
        var socket = await server.Socket();
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < 3000; i++) socket.Emit("n", i);
        }, TestContext.Current.CancellationToken);

        var received = new List<string>();
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        while (true)
        {
            var packets = Split(session, (await session.Poll()).Text);
            received.AddRange(packets.Where(packet => packet.StartsWith("42", StringComparison.Ordinal)));
            if (packets.Contains("6") || received.Count > 1000) break;
        }

        await client.Send("5");
        while (received.Count < 3000) received.Add(await client.Next());
        await sending;

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"""42["n",{i}]"""), received);
    }

    [Fact]
    public async Task WhatWasQueuedBeforeTheUpgradeGoesTheNewWay()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        await session.Send("4one");
        await client.Send("5");
        await client.Expect("4one");
    }

    [Fact]
    public async Task APollThatIsStillOpenEndsWithTheUpgrade()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        await session.Expect("6");
        await client.Send("5");
        await client.Send("4x");
        await client.Expect("4x");
        (await session.Poll()).IsRefusal(3, "Bad request");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherWebSocketOfTheSameSessionIsClosed(bool isUpgraded)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        if (isUpgraded)
        {
            await client.Send("5");
            await client.Send("4x");
            await client.Expect("4x");
        }

        await using var second = await session.Upgrade();
        Assert.Equal(1008, await second.Closed());
        if (!isUpgraded) await client.Send("5");
        await client.Send("4y");
        await client.Expect("4y");
    }

    [Theory]
    [InlineData("4hello")]
    [InlineData("2")]
    [InlineData("nonsense")]
    public async Task AWebSocketThatDoesNotProbeIsClosedAndTheSessionGoesOn(string first)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using (var client = await session.Upgrade())
        {
            await client.Send(first);
            Assert.Equal(1008, await client.Closed());
        }

        await session.Send("4still here");
        await session.Expect("4still here");
    }

    [Theory]
    [MemberData(nameof(Revisions))]
    public async Task AWebSocketMayTakeOverWithoutAProbe(int revision)
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, revision);
        var poll = await session.BeginPoll();
        await using var client = await session.Upgrade();
        await client.Send("5");
        await client.Send("4hello");
        await client.Expect("4hello");
        Assert.Equal(session.Payload("6"), (await poll).Text);
    }

    [Fact]
    public async Task AProbeMayBeRepeated()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        for (var i = 0; i < 3; i++)
        {
            await client.Send("2probe");
            await client.Expect("3probe");
        }

        await client.Send("5");
        await client.Send("4hello");
        await client.Expect("4hello");
    }

    [Fact]
    public async Task AProbeWithoutAnUpgradeIsGivenUp()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        server.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1008, await client.Closed());

        await session.Send("4still here");
        await session.Expect("4still here");
        await using var again = await session.Upgrade();
        await again.Send("2probe");
        await again.Expect("3probe");
        await again.Send("5");
        await again.Send("4over");
        await again.Expect("4over");
    }

    [Fact]
    public async Task AProbeThatIsCutLeavesTheSessionAlone()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        var client = await session.Upgrade();
        await client.Send("2probe");
        await client.Expect("3probe");
        client.Cut();

        await session.Send("4still here");
        await session.Expect("4still here");
    }

    [Fact]
    public async Task NoUpgradeWhereNoneIsAllowed()
    {
        await using var server = await TestServer.Start(options => options.AllowUpgrades = false);
        var session = await PollingClient.Open(server, 4);
        await using var client = await session.Upgrade();
        Assert.Equal(1008, await client.Closed());
    }

    private static List<string> Split(PollingClient session, string payload)
    {
        if (session.Revision == 4) return [.. payload.Split('\x1e')];
        var packets = new List<string>();
        while (payload.Length > 0)
        {
            var colon = payload.IndexOf(':');
            var length = int.Parse(payload[..colon]);
            packets.Add(payload.Substring(colon + 1, length));
            payload = payload[(colon + 1 + length)..];
        }

        return packets;
    }
}
