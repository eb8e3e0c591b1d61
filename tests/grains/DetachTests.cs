using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class DetachTests(House house) : IClassFixture<House>
{
    [Fact]
    public async Task SessionThatCannotBeResumedEndsWithItsLastConnectionAndItsTokenStaysGood()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        await device.Disconnect();
        Assert.Equal(LoginState.Undefined, await device.State());
        Assert.Empty(await Rows(device));
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task SessionThatCanBeResumedWaits()
    {
        var device = await house.NewGuest();
        await device.MakeResumable();
        await device.Disconnect();
        Assert.Equal(LoginState.Guest, await device.State());
        Assert.Single(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task SessionWithAnotherConnectionGoesOn()
    {
        var device = await house.NewGuest();
        var second = device.Reconnected();
        await second.LogInAsGuest().IsRefused(Refusal.NotAllowed);
        await device.Disconnect();
        Assert.Equal(LoginState.Guest, await device.State());
        await second.Disconnect();
        Assert.Equal(LoginState.Undefined, await device.State());
        Assert.Empty(await Rows(device));
    }

    [Fact]
    public async Task DetachOfAnUnknownConnectionChangesNothing()
    {
        var device = await house.NewGuest();
        await device.Reconnected().Disconnect();
        Assert.Equal(LoginState.Guest, await device.State());
        await house.NewDevice().Disconnect();
    }

    [Fact]
    public async Task DetachCanBeRepeated()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        var stored = await house.StoredSession(device.SessionId);
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await device.Disconnect();
        // The window has not begun again.
        Assert.Equal(stored, await house.StoredSession(device.SessionId));
        Assert.True((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Fact]
    public async Task LocationOfASessionIsInTheDatabase()
    {
        var device = house.NewDevice(gateway: "one gateway");
        await device.LogInAsGuest().Succeeds();
        Assert.Equal("session|one gateway|", await Location(device));
        var secret = await device.MakeResumable();
        Assert.Equal("session|one gateway|", await Location(device));
        await device.Disconnect();
        Assert.Matches(@"^session\|\|2026-01-01 00:0\d:\d\d", await Location(device));
        await device.Reconnected("another gateway").Resume(secret, after: 1);
        Assert.Equal("session|another gateway|", await Location(device));
    }

    [Fact]
    public async Task IdOfASessionThatEndedBeginsAnew()
    {
        var device = await house.NewGuest();
        await device.Disconnect();
        Assert.Equal(1, (await device.LogInAsGuest().Succeeds()).Sequence);
    }

    private Task<string> Location(Device device) => house.Database.Value<string>(
        """
        SELECT concat(protocol, '|', array_to_string(gateway_ids, ','), '|', expires_at AT TIME ZONE 'UTC')
        FROM user_sessions WHERE session_id = $1
        """,
        device.SessionId);

    private async Task<List<string>> Rows(Device device) =>
    [
        .. await house.StoredSession(device.SessionId),
        .. await house.Database.Values<string>("SELECT session_id FROM user_sessions WHERE session_id = $1", device.SessionId),
    ];
}
