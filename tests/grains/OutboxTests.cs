using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class OutboxTests(OutboxTests.SmallHouse house) : IClassFixture<OutboxTests.SmallHouse>
{
    private const int Limit = 4;

    [Fact]
    public async Task EventsAreNumberedFromOneWithoutGaps()
    {
        var device = await Eventful(3);
        Assert.Equal([1, 2, 3], (await device.Refresh()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task ASessionThatWasForgottenCountsOnFromWhatItsConnectionHasGot()
    {
        var device = await house.NewGuest();
        await device.LogOut().Succeeds();
        await house.Restart();
        var reply = await device.Session.LogInAsGuest(device.Caller with { Seen = 2 }).InTime();
        Assert.Equal(3, Assert.Single(reply.Events).Sequence);
    }

    [Fact]
    public async Task RefreshGivesWhatCameAfterANumber()
    {
        var device = await Eventful(3);
        Assert.Equal([3], (await device.Refresh(after: 2)).Select(entry => entry.Sequence));
        Assert.Empty(await device.Refresh(after: 3));
        Assert.Empty(await device.Refresh(after: 1000));
        // Looking takes nothing away.
        Assert.Equal(3, (await device.Refresh()).Length);
    }

    [Fact]
    public async Task WhatIsAcknowledgedLeavesTheOutbox()
    {
        var device = await Eventful(3);
        await device.Session.Acknowledge(2).InTime();
        Assert.Equal([3], (await device.Refresh()).Select(entry => entry.Sequence));
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(0, 3)]
    [InlineData(1000, 0)]
    [InlineData(long.MaxValue, 0)]
    public async Task AnyNumberCanBeAcknowledged(long sequence, int left)
    {
        var device = await Eventful(3);
        await device.Session.Acknowledge(sequence).InTime();
        Assert.Equal(left, (await device.Refresh()).Length);
        await device.Session.Acknowledge(2).InTime();
        Assert.Equal(4, (await device.LogOut().Succeeds()).Sequence);
    }

    [Fact]
    public async Task TheOutboxIsBoundedAndTheOldestGoFirst()
    {
        var device = await Eventful(7);
        Assert.Equal([4, 5, 6, 7], (await device.Refresh()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task WhatNobodyAcknowledgedIsThereAfterARestart()
    {
        var device = await Eventful(3);
        var before = await device.Refresh();
        await house.Restart();
        Assert.Equal(before, await device.Refresh());
    }

    /// <summary>A device whose session has had an odd number of events, and is logged in.</summary>
    private async Task<Device> Eventful(int events)
    {
        var device = house.NewDevice();
        for (var number = 1; number <= events; number++)
        {
            var happened = await (number % 2 == 1 ? device.LogInAsGuest() : device.LogOut()).Succeeds();
            Assert.Equal((number, number % 2 == 1 ? LoginState.Guest : LoginState.Undefined), (happened.Sequence, happened.State));
        }
        return device;
    }

    public sealed class SmallHouse : House
    {
        protected override Dictionary<string, string?> Settings => new() { ["Gatehouse:Session:OutboxLimit"] = $"{Limit}" };
    }
}
