using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>What a session does with its outbox; the outbox by itself is in <see cref="OutboxTests"/>.</summary>
public sealed class SessionOutboxTests(SessionOutboxTests.SmallHouse house) : IClassFixture<SessionOutboxTests.SmallHouse>
{
    private const int Limit = 4;

    [Fact]
    public async Task EventsOfASessionAreNumberedFromOneWithoutGaps()
    {
        var device = await Eventful(3);
        Assert.Equal([1, 2, 3], (await device.Revalidate()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task SessionThatWasForgottenCountsOnFromWhatItsConnectionHasGot()
    {
        var device = await house.NewGuest();
        await device.LogOut().Succeeds();
        await house.Restart();
        var reply = await device.Session.LogInAsGuest(device.Caller with { Seen = 2 }).InTime();
        Assert.Equal(3, Assert.Single(reply.Events).Sequence);
    }

    [Fact]
    public async Task RevalidateGivesWhatCameAfterANumber()
    {
        var device = await Eventful(3);
        Assert.Equal([3], (await device.Revalidate(after: 2)).Select(entry => entry.Sequence));
        Assert.Empty(await device.Revalidate(after: 3));
        Assert.Empty(await device.Revalidate(after: 1000));
        // That takes nothing away.
        Assert.Equal(3, (await device.Revalidate()).Length);
    }

    [Fact]
    public async Task AcknowledgedEventsLeaveTheOutbox()
    {
        var device = await Eventful(3);
        await device.Session.Acknowledge(2).InTime();
        Assert.Equal([3], (await device.Revalidate()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task OutboxKeepsAsManyEventsAsTheSettingSays()
    {
        var device = await Eventful(7);
        Assert.Equal([4, 5, 6, 7], (await device.Revalidate()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task EventsThatNobodyAcknowledgedAreThereAfterARestart()
    {
        var device = await Eventful(3);
        var before = await device.Revalidate();
        await house.Restart();
        Assert.Equal(before, await device.Revalidate());
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
