using System.Reflection;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

public sealed class RoomLeaseTests
{
    private readonly LocalRooms _rooms = new(
        DispatchProxy.Create<IGrainFactory, Grains>(), new GatewayIdentity(), TimeProvider.System, NullLogger<LocalRooms>.Instance);

    [Fact]
    public void LeasesOfOneRoomAreOfTheSameObject()
    {
        using var one = _rooms.Lease("room");
        using var two = _rooms.Lease("room");
        using var other = _rooms.Lease("other");
        Assert.Same(one.Room, two.Room);
        Assert.NotSame(one.Room, other.Room);
    }

    [Fact]
    public void RoomIsForgottenWithItsLastLease()
    {
        var one = _rooms.Lease("room");
        var two = _rooms.Lease("room");
        var room = one.Room;
        one.Dispose();
        using (var again = _rooms.Lease("room")) Assert.Same(room, again.Room);
        two.Dispose();
        using var anew = _rooms.Lease("room");
        Assert.NotSame(room, anew.Room);
    }

    [Fact]
    public void LeaseThatIsDisposedOfTwiceEndsOnce()
    {
        var one = _rooms.Lease("room");
        using var two = _rooms.Lease("room");
        one.Dispose();
        one.Dispose();
        using var three = _rooms.Lease("room");
        Assert.Same(two.Room, three.Room);
    }

    public class Grains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => new FakeRoom();
    }
}
