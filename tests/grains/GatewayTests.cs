using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class GatewayTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ALeaseThatIsRenewedInTimeIsUnbroken()
    {
        var gateway = await GatewayWatch.Start(house);
        house.Time.Advance(Lease / 2);
        var renewal = await gateway.Renew();
        Assert.Equal((true, Lease), (renewal.Unbroken, renewal.Duration));
    }

    [Fact]
    public async Task ALeaseThatIsRenewedAgainBecauseTheAnswerWasLostCountsAsBroken()
    {
        var gateway = await GatewayWatch.Start(house);
        RepeatedCall.Mark();
        Assert.False((await gateway.Renew()).Unbroken);
    }

    [Fact]
    public async Task ALeaseThatRanOutIsBroken()
    {
        var gateway = await GatewayWatch.Start(house);
        house.Time.Advance(Lease + TimeSpan.FromSeconds(1));
        Assert.False((await gateway.Renew()).Unbroken);
        Assert.True((await gateway.Renew()).Unbroken);
    }

    [Fact]
    public async Task TheLeaseIsInTheDatabaseAsLongAsTheGatewayHasNotLeft()
    {
        var gateway = await GatewayWatch.Start(house);
        var until = await house.Database.Value<DateTime>("SELECT lease_until FROM gateways WHERE id = $1", gateway.Id);
        Assert.InRange(until - house.Time.GetUtcNow().UtcDateTime, Lease / 2, Lease);
        await gateway.Leave();
        Assert.Empty(await house.Database.Values<string>("SELECT id FROM gateways WHERE id = $1", gateway.Id));
    }

    [Fact]
    public async Task AGatewayThatLeftAndComesBackHasABrokenLease()
    {
        var gateway = await GatewayWatch.Start(house);
        await gateway.Leave();
        Assert.False((await gateway.Renew()).Unbroken);
    }

    [Fact]
    public async Task NobodyWaitsForAGatewayThatHasLeftMeanwhile()
    {
        var gateway = await GatewayWatch.Start(house);
        for (var time = 0; time < 2; time++)
        {
            var busy = new TaskCompletionSource();
            gateway.Readiness = busy.Task;
            var told = house.Grains.Gateway(gateway.Id).PushRoomUpdate(new RoomUpdate("a room", RandomId.New(), 0, [], []));
            await gateway.Told();
            Assert.False(told.IsCompleted);
            await gateway.Leave();
            await told.InTime();
            busy.SetResult();
            // It comes back, as it does not in truth.
            await gateway.Renew();
        }
    }

    [Fact]
    public async Task WakeUpsArriveInOrder()
    {
        var gateway = await GatewayWatch.Start(house);
        await house.Grains.Gateway(gateway.Id).SessionsChanged([new("one", 1), new("two", 2)]).InTime();
        await house.Grains.Gateway(gateway.Id).SessionsChanged([new("three", 3)]).InTime();
        Assert.Equal(["one", "two", "three"], await gateway.WokenSoFar());
    }

    [Fact]
    public async Task WakingAGatewayThatNobodyKnowsDoesNothing() =>
        await house.Grains.Gateway(RandomId.New()).SessionsChanged([new("one", 1)]).InTime();
}
