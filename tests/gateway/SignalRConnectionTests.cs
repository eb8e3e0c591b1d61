using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.Gateway.Transports.SignalR;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>What waits for a client that does not read is bounded in bytes, not in events alone.</summary>
public sealed class SignalRConnectionTests
{
    private static readonly string Large = new('x', 60_000);

    private readonly Client _client = new();
    private readonly SignalRConnection _connection;

    public SignalRConnectionTests() => _connection = new SignalRConnection(_client, new JsonHubProtocol(), Limiters.Of());

    [Fact]
    public void ClientThatDoesNotReadIsDisconnectedWhenFourMebibytesWait()
    {
        var events = 0;
        while (!_client.ConnectionAborted.IsCancellationRequested && events < SignalRConnection.MaxQueued)
        {
            _connection.Deliver(new SharedEvents(new ServerEvent("message", Large)));
            events++;
        }
        Assert.InRange(events * Large.Length, SignalRConnection.MaxQueuedBytes, SignalRConnection.MaxQueuedBytes + (4 * Large.Length));
    }

    [Fact]
    public async Task SingleLargerMessageMayWaitAlone()
    {
        _connection.Deliver(new SharedEvents(new ServerEvent("message", "the one that is being written")));
        var larger = _connection.Send([new ServerEvent("message", new string('x', SignalRConnection.MaxQueuedBytes + 1))]);
        Assert.False(_client.ConnectionAborted.IsCancellationRequested);
        _client.Read();
        await larger.InTime();
    }

    [Fact]
    public async Task WhatWasSentIsTakenWhenNothingWaits()
    {
        Assert.True(await _connection.Taken().InTime());
        for (var number = 0; number < 10; number++) _connection.Deliver(new SharedEvents(new ServerEvent("message", Large)));
        var taken = _connection.Taken();
        Assert.False(taken.IsCompleted);
        _client.Read();
        Assert.True(await taken.InTime());
    }

    [Fact]
    public async Task WhoeverWaitsForAClientThatGoesIsTold()
    {
        _connection.Deliver(new SharedEvents(new ServerEvent("message", Large)));
        var taken = _connection.Taken();
        _client.Abort();
        Assert.False(await taken.InTime());
        Assert.False(await _connection.Taken().InTime());
    }

    /// <summary>A client that takes nothing until it reads.</summary>
    private sealed class Client() : HubConnectionContext(
        new DefaultConnectionContext(), new HubConnectionContextOptions(), NullLoggerFactory.Instance)
    {
        private readonly CancellationTokenSource _aborted = new();
        private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override CancellationToken ConnectionAborted => _aborted.Token;

        public void Read() => _reads.SetResult();

        public override void Abort() => _aborted.Cancel();

        public override ValueTask WriteAsync(SerializedHubMessage message, CancellationToken cancellationToken = default) => new(_reads.Task);
    }
}
