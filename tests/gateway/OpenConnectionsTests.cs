using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Gateway.Tests;

/// <summary>How clients are told to move before their process stops.</summary>
public sealed class OpenConnectionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeProtocol _protocol = new();
    private readonly OpenConnections _open;

    public OpenConnectionsTests() => _open = new(
        Options.Create(new DrainOptions { DrainWindow = TimeSpan.FromSeconds(10) }), _time, NullLogger<OpenConnections>.Instance);

    [Fact]
    public async Task ManyAreToldOneAfterTheOtherOverTheWindow()
    {
        var connections = Open(10_000);
        var draining = _open.Drain(CancellationToken.None);
        var told = 0;
        for (var second = 0; second < 10; second++)
        {
            for (var step = 0; step < 50; step++) _time.Advance(TimeSpan.FromMilliseconds(20));
            var now = connections.Count(connection => connection.Sent() is ["(moved away)"]);
            Assert.InRange(now, 900, 1100);
            told += now;
        }
        foreach (var connection in connections) _open.Remove(connection);
        await LetTimePassUntil(draining);
        Assert.InRange(told, 9_900, 10_000);
    }

    [Fact]
    public async Task AFewAreToldSooner()
    {
        var connections = Open(50);
        var draining = _open.Drain(CancellationToken.None);
        for (var step = 0; step < 50; step++) _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.All(connections, connection => Assert.Equal(["(moved away)"], connection.Sent()));
        foreach (var connection in connections) _open.Remove(connection);
        await LetTimePassUntil(draining);
    }

    [Fact]
    public async Task NobodyWaitsForWhoeverDoesNotGo()
    {
        Open(1);
        await LetTimePassUntil(_open.Drain(CancellationToken.None));
    }

    [Fact]
    public async Task WhereNobodyIsNothingIsWaitedFor() => await _open.Drain(CancellationToken.None).InTime();

    [Fact]
    public async Task ASecondSignalEndsIt()
    {
        Open(10_000);
        using var hurry = new CancellationTokenSource();
        var draining = _open.Drain(hurry.Token);
        await hurry.CancelAsync();
        await draining.InTime();
    }

    [Fact]
    public async Task WhoeverWaitsForAnAnswerHasItFirst()
    {
        var connection = Open(1)[0];
        _protocol.IsBusy = true;
        var draining = _open.Drain(CancellationToken.None);
        await Pass(TimeSpan.FromSeconds(3));
        Assert.Empty(connection.Sent());
        _protocol.IsBusy = false;
        await Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["(moved away)"], connection.Sent());
        Assert.False(draining.IsCompleted, "It has some time to go.");
        _open.Remove(connection);
        await LetTimePassUntil(draining);
    }

    [Fact]
    public async Task AnAnswerIsNotWaitedForForEver()
    {
        var connection = Open(1)[0];
        _protocol.IsBusy = true;
        var draining = _open.Drain(CancellationToken.None);
        await Pass(TimeSpan.FromSeconds(6));
        Assert.Equal(["(moved away)"], connection.Sent());
        await LetTimePassUntil(draining);
    }

    private List<FakeConnection> Open(int count)
    {
        var connections = Enumerable.Range(0, count).Select(number => new FakeConnection { Id = $"{number}" }).ToList();
        foreach (var connection in connections) _open.Add(connection, _protocol);
        return connections;
    }

    private async Task Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(20))
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private async Task LetTimePassUntil(Task end)
    {
        while (!end.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        await end;
    }

    private sealed class FakeProtocol : IEventProtocol
    {
        public bool IsBusy { get; set; }

        public Task Receive(string name, JsonElement payload, Action<object?>? answered = null) => Task.CompletedTask;

        public Task Closed() => Task.CompletedTask;
    }
}
