using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Wake-ups are stored with what they tell of, and stay until the gateway has looked.</summary>
public sealed class WakeTests(House house) : IClassFixture<House>
{
    /// <summary>What ends or changes the logins of a user, and so its sessions.</summary>
    private static readonly Dictionary<string, Func<House, IssuedToken, Task>> Changes = new()
    {
        ["logout"] = (house, token) => User(house, token).Revoke(token.Id),
        ["end of a login"] = (house, token) => User(house, token).EndLogin(token.Id),
        ["end of the other logins"] = (house, token) => User(house, token).EndOtherLogins("none of them"),
        ["change of the password"] = (house, token) =>
            User(house, token).ChangePassword(new Secret("correct horse battery"), new Secret("a new password"), "none of them"),
        ["deletion"] = (house, token) => User(house, token).Delete(),
        ["deletion by hand"] = (house, token) => house.Database.Execute("DELETE FROM users WHERE id = $1", token.UserId),
        ["ban by hand"] = (house, token) => house.Database.Execute("UPDATE users SET is_banned = true WHERE id = $1", token.UserId),
        ["revocation by hand"] = (house, token) =>
            house.Database.Execute("UPDATE tokens SET revoked_at = now() WHERE id = $1", token.Id),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task WakeUpOfAGatewayThatHearsNothingIsReadAtItsNextRenewal(string change)
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.Register(Person.New()).GivesToken();
        await gateway.Leave();
        await Changes[change](house, token).InTime();
        Assert.Equal([device.SessionId], await gateway.Left());
        Assert.Single(await device.Revalidate(after: 1));
    }

    [Fact]
    public async Task UpgradeOfAGuestIsReadAtTheNextRenewal()
    {
        var gateway = await GatewayWatch.Start(house);
        var (first, second) = (house.NewDevice(), house.NewDevice(gateway: gateway.Id));
        await second.LogIn(await first.LogInAsGuest().GivesToken()).Succeeds();
        await first.Upgrade(Person.New()).Succeeds();
        Assert.Equal([second.SessionId], await gateway.Left());
    }

    [Fact]
    public async Task ReuseOfAGivenUpTokenIsReadAtTheNextRenewal()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.LogInAsGuest().GivesToken();
        await house.NewDevice().LogIn(token).Succeeds();
        await gateway.LiveFor(TimeSpan.FromSeconds(90));
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);
        Assert.Equal([device.SessionId], await gateway.Left());
    }

    [Fact]
    public async Task WakeUpStaysUntilItIsAcknowledged()
    {
        var (gateway, device) = await LoggedOut();
        var wake = Assert.Single((await gateway.Renew()).Wakes);
        Assert.Equal(wake, Assert.Single((await gateway.Renew()).Wakes));
        await gateway.Acknowledge(wake);
        Assert.Empty(await gateway.Left());
        Assert.Equal(device.SessionId, wake.SessionId);
    }

    [Fact]
    public async Task WakeUpThatComesDuringALookIsNotAcknowledgedByIt()
    {
        var (gateway, device) = await LoggedOut();
        var first = Assert.Single((await gateway.Renew()).Wakes);
        var token = await device.LogInAsGuest().GivesToken();
        await User(house, token).Revoke(token.Id).InTime();
        await gateway.Acknowledge(first);
        var second = Assert.Single((await gateway.Renew()).Wakes);
        Assert.Equal((device.SessionId, true), (second.SessionId, second.Number > first.Number));
    }

    [Fact]
    public async Task WakeUpsOfOneGatewayAreNotAcknowledgedByAnother()
    {
        var (gateway, _) = await LoggedOut();
        var other = await GatewayWatch.Start(house);
        await other.Acknowledge((await gateway.Renew()).Wakes);
        Assert.Single(await gateway.Left());
    }

    [Fact]
    public async Task WakeUpsComeInPages()
    {
        var gateway = await GatewayWatch.Start(house);
        await house.Database.Execute(
            """
            INSERT INTO session_wakes (gateway_id, session_id, user_id, number)
            SELECT $1, 'session ' || number, gen_random_uuid(), number FROM generate_series(1, 2500) AS number
            """,
            gateway.Id);
        var wakes = (await gateway.Renew()).Wakes;
        Assert.Equal(IGatewayGrain.WakesAtOnce, wakes.Length);
        for (var page = wakes; page.Length == IGatewayGrain.WakesAtOnce; wakes = wakes.AddRange(page))
        {
            page = await house.Grains.Gateway(gateway.Id).GetWakes(page[^1].Number).InTime();
        }
        Assert.Equal(Enumerable.Range(1, 2500).Select(number => new SessionWake($"session {number}", number)), wakes);
    }

    [Fact]
    public async Task MutationThatWasDoneAlreadyWakesWhomTheFirstAttemptLeftAsleep()
    {
        var (gateway, device) = await LoggedOut();
        Assert.Equal(device.SessionId, await gateway.Woken());
        var user = await house.Database.Value<Guid>("SELECT user_id FROM session_wakes WHERE session_id = $1", device.SessionId);
        Assert.True(await house.Grains.User(user).Delete().InTime());
        Assert.False(await house.Grains.User(user).Delete().InTime());
        for (var deletion = 0; deletion < 2; deletion++) Assert.Equal(device.SessionId, await gateway.Woken());
    }

    [Fact]
    public async Task DeletionThatFailsLeavesEverythingAsItWasAndCanBeRepeated()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.LogInAsGuest().GivesToken();
        await house.Database.Execute("ALTER TABLE session_wakes ADD CONSTRAINT full_disk CHECK (false) NOT VALID");
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => User(house, token).Delete().InTime());
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE session_wakes DROP CONSTRAINT full_disk");
        }
        Assert.Empty(await device.Revalidate(after: 1));
        Assert.True(await User(house, token).Delete().InTime());
        Assert.Equal(device.SessionId, await gateway.Woken());
        Assert.Single(await device.Revalidate(after: 1));
    }

    [Fact]
    public async Task SessionThatEndsWithItsConnectionWakesNobody()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        await device.Disconnect();
        Assert.Empty(await gateway.Left());
    }

    [Fact]
    public async Task WakeUpsOfAGatewayThatIsGoneAreRemoved()
    {
        var (gateway, _) = await LoggedOut();
        await house.Sweep();
        Assert.Single(await gateway.Left());
        await gateway.Leave();
        await house.Sweep();
        Assert.Empty(await gateway.Left());
    }

    /// <summary>A session was logged out, and its gateway was woken.</summary>
    private async Task<(GatewayWatch Gateway, Device Device)> LoggedOut()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.LogInAsGuest().GivesToken();
        await User(house, token).Revoke(token.Id).InTime();
        Assert.Single(await device.Revalidate(after: 1));
        return (gateway, device);
    }

    private static IUserGrain User(House house, IssuedToken token) => house.Grains.User(token.UserId);
}
