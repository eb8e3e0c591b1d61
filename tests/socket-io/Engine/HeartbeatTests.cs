using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

/// <summary>The clock ticks once a second with the default settings.</summary>
public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(26);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(21);

    [Fact]
    public async Task WhatIsHeldForAConnectionIsGivenBackWhenItsClientIsGone()
    {
        var held = new Held();
        await using var server = await TestServer.Start(options => options.Hold = _ => held);
        await PollingClient.Open(server, 4);
        Assert.False(held.IsGivenBack.Task.IsCompleted);
        server.Time.Advance(Interval);
        server.Time.Advance(Timeout);
        await held.IsGivenBack.Task.InTime();
    }

    [Fact]
    public async Task InRevision4TheServerPings()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        for (var i = 0; i < 5; i++)
        {
            server.Time.Advance(Interval);
            await client.Expect("2");
            await client.Send("3");
            await client.Send("4seen");
            await client.Expect("4seen"); // so that the pong has been seen too
        }
    }

    [Fact]
    public async Task InRevision4PollsCarryThePing()
    {
        await using var server = await TestServer.Start();
        var session = await PollingClient.Open(server, 4);
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(Interval);
            await session.Expect("2");
            await session.Send("3");
        }
    }

    [Fact]
    public async Task InRevision3TheClientPings()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 3);
        for (var i = 0; i < 5; i++)
        {
            server.Time.Advance(Interval);
            await client.Send("2");
            await client.Expect("3");
        }
    }

    [Fact]
    public async Task WhoDoesNotAnswerIsGone()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        server.Time.Advance(Interval);
        await client.Expect("2");
        server.Time.Advance(Timeout);

        Assert.Equal(1008, await client.Closed());
        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task WhoDoesNotPingIsGone()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 3);
        var session = await PollingClient.Open(server, 3);
        server.Time.Advance(Interval + Timeout);

        Assert.Equal(1008, await client.Closed());
        (await session.Poll()).IsRefusal(1, "Session ID unknown");
        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task MessagesAreNoHeartbeat()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        server.Time.Advance(Interval);
        await client.Expect("2");
        await client.Send("4hello");
        await client.Expect("4hello");
        server.Time.Advance(Timeout);

        Assert.Equal(1008, await client.Closed());
    }

    [Fact]
    public async Task ALongPauseOfTheProgramIsNotTheClientsFault()
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, 4);
        server.Time.Advance(TimeSpan.FromMinutes(10));
        await client.Expect("2");
        await client.Send("3");
        await client.Send("4alive");
        await client.Expect("4alive");
    }

    [Theory]
    [InlineData(3, "3")]
    [InlineData(4, "2")]
    public async Task TheWrongDirectionEndsTheConnection(int revision, string packet)
    {
        await using var server = await TestServer.Start();
        await using var client = await WebSocketClient.Open(server, revision);
        await client.Send(packet);

        Assert.Equal(1008, await client.Closed());
        Assert.Equal(DisconnectReason.TransportError, await server.EngineClosed.Next());
    }

    [Fact]
    public async Task AClientThatNeitherReadsNorClosesIsCutOffInTheEnd()
    {
        await using var server = await TestServer.Start();
        using var raw = await RawSocket.Open(server, "/engine.io/?EIO=4&transport=websocket");
        await raw.Next();
        await raw.Send(RawSocket.Text("4hello"));
        await raw.Expect("4hello"); // it is wholly open before the clock moves
        server.Time.Advance(Interval);
        server.Time.Advance(Timeout);
        Assert.Equal(DisconnectReason.PingTimeout, await server.EngineClosed.Next());
        Assert.Equal(1, server.Engine.ConnectionCount); // it may still say goodbye

        server.Time.Advance(TimeSpan.FromSeconds(6));
        await raw.Ended();
        await server.Emptied();
    }

    private sealed class Held : IDisposable
    {
        public TaskCompletionSource IsGivenBack { get; } = new();

        public void Dispose() => IsGivenBack.SetResult();
    }
}
