using System.Reflection;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>How rooms hear that their members are still here.</summary>
public sealed class RoomRenewalTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, FakeRoom> _grains = new() { ["room/one"] = new(), ["room/other"] = new() };
    private readonly FakeTimeProvider _time = new();
    private readonly LocalRooms _rooms;

    public RoomRenewalTests()
    {
        var factory = DispatchProxy.Create<IGrainFactory, Grains>();
        ((Grains)(object)factory).Rooms = _grains;
        _rooms = new LocalRooms(factory, new GatewayIdentity(), _time, NullLogger<LocalRooms>.Instance) { HeartbeatInterval = Interval };
    }

    private FakeRoom One => _grains["room/one"];

    private FakeRoom Other => _grains["room/other"];

    [Fact]
    public async Task RoomHearsOnceInEachInterval()
    {
        await Enter("one");
        await _rooms.Renew().InTime();
        Assert.Equal(0, One.Heartbeats);
        for (var interval = 1; interval <= 3; interval++)
        {
            _time.Advance(Interval);
            await _rooms.Renew().InTime();
            await _rooms.Renew().InTime();
            Assert.Equal(interval, One.Heartbeats);
        }
    }

    [Fact]
    public async Task RoomThatCouldNotBeToldIsToldAgainUntilItIsAndAlone()
    {
        await Enter("one");
        await Enter("other");
        One.BeforeHeartbeat = () => Task.FromException(new TimeoutException());
        _time.Advance(Interval);
        await _rooms.Renew().InTime();
        await _rooms.Renew().InTime();
        One.BeforeHeartbeat = () => Task.CompletedTask;
        await _rooms.Renew().InTime();
        await _rooms.Renew().InTime();
        Assert.Equal((3, 1), (One.Heartbeats, Other.Heartbeats));
    }

    [Fact]
    public async Task RoomThatDoesNotAnswerKeepsTheOthersForAWhileOnly()
    {
        await Enter("one");
        await Enter("other");
        var asked = new TaskCompletionSource();
        One.BeforeHeartbeat = () =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        };
        _time.Advance(Interval);
        var renewing = _rooms.Renew();
        await asked.Task.InTime();
        // The patience begins a moment after the question.
        while (!renewing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal((1, 1), (One.Heartbeats, Other.Heartbeats));
    }

    private async Task Enter(string name)
    {
        var entry = _grains[$"room/{name}"].Entry("session");
        await _rooms.Lease(name).Room.Enter(entry, entry.Join!.Sequence, DispatchProxy.Create<IRoomListener, Listener>());
    }

    public class Listener : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => null;
    }

    public class Grains : DispatchProxy
    {
        internal Dictionary<string, FakeRoom> Rooms { get; set; } = [];

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => Rooms[(string)arguments![0]!];
    }
}
