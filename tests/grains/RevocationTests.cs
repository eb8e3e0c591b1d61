using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class RevocationTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan BeyondTheOverlap = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task LoggingOutRevokesTheLoginsTokens()
    {
        var device = house.NewDevice();
        var first = await device.LogInAsGuest().GivesToken();
        var second = await house.NewDevice().LogIn(first).GivesToken();
        await device.LogOut().Succeeds();
        await house.NewDevice().LogIn(first).IsRefused(Refusal.Token);
        await house.NewDevice().LogIn(second).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task LoggingOutEndsTheOtherSessionsOfTheSameLoginAtOnce()
    {
        var gateway = await GatewayWatch.Start(house);
        var (here, there) = (house.NewDevice(), house.NewDevice(gateway: gateway.Id));
        var token = await here.LogInAsGuest().GivesToken();
        await there.LogIn(token).Succeeds();

        await here.LogOut().Succeeds();
        Assert.Equal(there.SessionId, await gateway.Woken());
        var ended = Assert.Single(await there.Revalidate(after: 1));
        Assert.Equal((2, SessionEventKind.LoggedOut, LoginState.Undefined), (ended.Sequence, ended.Kind, ended.State));
        Assert.Equal(LoginState.Undefined, await there.State());
    }

    [Fact]
    public async Task OtherLoginsOfTheSameUserGoOn()
    {
        var (first, person) = await house.NewUser();
        var second = house.NewDevice();
        var token = await second.LogIn(person).GivesToken();
        await first.LogOut().Succeeds();
        Assert.Empty(await second.Revalidate(after: 1));
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task ATokenShownAfterTheOverlapIsTakenForStolenAndEndsEverySessionOfItsFamily()
    {
        var gateway = await GatewayWatch.Start(house);
        var (owner, thief) = (house.NewDevice(gateway: gateway.Id), house.NewDevice());
        var stolen = await owner.LogInAsGuest().GivesToken();
        var current = await house.NewDevice().LogIn(stolen).GivesToken();

        await gateway.LiveFor(BeyondTheOverlap);
        await thief.LogIn(stolen).IsRefused(Refusal.Token);
        Assert.Equal(owner.SessionId, await gateway.Woken());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await owner.Revalidate(after: 1)).Kind);
        await house.NewDevice().LogIn(current).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task AStolenTokenHarmsOnlyItsOwnFamily()
    {
        var (first, person) = await house.NewUser();
        var second = house.NewDevice();
        var others = await second.LogIn(person).GivesToken();
        var stolen = (await first.Revalidate())[0].Token!;
        await house.NewDevice().LogIn(stolen).Succeeds();
        house.Time.Advance(BeyondTheOverlap);
        await house.NewDevice().LogIn(stolen).IsRefused(Refusal.Token);

        Assert.Empty(await second.Revalidate(after: 1));
        await house.NewDevice().LogIn(others).Succeeds();
    }

    [Fact]
    public async Task ATokenThatIsRevokedIsNoLongerTakenForStolen()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        await device.LogOut().Succeeds();
        house.Time.Advance(BeyondTheOverlap);
        var redemption = await house.Grains.Token(token.Id).Redeem(token.UserId).InTime();
        Assert.Equal(RedemptionOutcome.Bad, redemption.Outcome);
    }

    [Fact]
    public async Task RevokingCanBeRepeated()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        var user = house.Grains.User(token.UserId);
        Assert.True(await user.Revoke(token.Id).InTime());
        Assert.False(await user.Revoke(token.Id).InTime());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await device.Revalidate(after: 1)).Kind);
        Assert.Empty(await device.Revalidate(after: 2));
    }

    [Fact]
    public async Task ARevocationReachesASessionWhoseGatewayIsGoneWhenItIsLookedAt()
    {
        var gateway = await GatewayWatch.Start(house);
        var (here, there) = (house.NewDevice(), house.NewDevice(gateway: gateway.Id));
        var token = await here.LogInAsGuest().GivesToken();
        await there.LogIn(token).Succeeds();
        await gateway.Leave();
        await here.LogOut().Succeeds();
        await house.Restart();
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await there.Revalidate(after: 1)).Kind);
        Assert.Empty(await house.StoredSession(there.SessionId));
    }

    [Fact]
    public async Task OneSessionOnTwoGatewaysIsToldToBoth()
    {
        var (gateway, other) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        var secret = await device.MakeResumable();
        var second = device.Reconnected(other.Id);
        Assert.NotNull(await second.Session.Join(second.Caller, secret).InTime());

        await device.LogOut().Succeeds();
        Assert.Equal(device.SessionId, await gateway.Woken());
        Assert.Equal(device.SessionId, await other.Woken());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await second.Revalidate(after: 1)).Kind);
    }
}
