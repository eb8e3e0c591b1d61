using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class UpgradeTests(House house) : IClassFixture<House>
{
    [Fact]
    public async Task AnUpgradedGuestKeepsItsIdAndGetsNoToken()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        var guest = await device.LogInAsGuest().Succeeds();
        var upgraded = await device.Upgrade(person).Succeeds();
        Assert.Equal((SessionEventKind.Upgraded, LoginState.User), (upgraded.Kind, upgraded.State));
        Assert.Equal((guest.UserId, person.Name), (upgraded.UserId, upgraded.UserName));
        Assert.Null(upgraded.Token);
    }

    [Fact]
    public async Task TheTokenOfTheGuestThenLogsInAsUser()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        await device.Upgrade(Person.New()).Succeeds();
        var loggedIn = await house.NewDevice().LogIn(token).Succeeds();
        Assert.Equal(LoginState.User, loggedIn.State);
    }

    [Fact]
    public async Task NameAndPasswordLogInAfterAnUpgrade()
    {
        var (device, person) = (await house.NewGuest(), Person.New());
        await device.Upgrade(person).Succeeds();
        await house.Restart();
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task WhatIsNotAcceptableIsRefusedAndTheGuestStaysAGuest()
    {
        var (device, person) = (await house.NewGuest(), Person.New());
        await device.Upgrade(person with { Name = "" }).IsRefused(Refusal.Username);
        await device.Upgrade(person with { Email = "nowhere" }).IsRefused(Refusal.Email);
        await device.Upgrade(person with { Password = "short" }).IsRefused(Refusal.Password);
        Assert.Equal(LoginState.Guest, await device.State());
        await device.Upgrade(person).Succeeds();
    }

    [Fact]
    public async Task AGuestCannotTakeSomebodysNameOrAddress()
    {
        var (_, somebody) = await house.NewUser();
        var guest = await house.NewGuest();
        await guest.Upgrade(Person.New() with { Name = somebody.Name.ToUpperInvariant() }).IsRefused(Refusal.UsernameTaken);
        await guest.Upgrade(Person.New() with { Email = somebody.Email.ToUpperInvariant() }).IsRefused(Refusal.EmailTaken);
    }

    [Fact]
    public async Task AUserCannotBeUpgradedAgain()
    {
        var device = await house.NewGuest();
        await device.Upgrade(Person.New()).Succeeds();
        await device.Upgrade(Person.New()).IsRefused(Refusal.NotAllowed);
    }

    [Fact]
    public async Task EverySessionOfAnUpgradedGuestIsWokenAndBecomesUser()
    {
        var (here, there) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var (first, second, person) = (house.NewDevice(gateway: here.Id), house.NewDevice(gateway: there.Id), Person.New());
        await second.LogIn(await first.LogInAsGuest().GivesToken()).Succeeds();
        var upgraded = await first.Upgrade(person).Succeeds();

        Assert.Equal(second.SessionId, await there.Woken());
        var news = Assert.Single(await second.Revalidate(after: 1));
        Assert.Equal((SessionEventKind.BecameUser, LoginState.User), (news.Kind, news.State));
        Assert.Equal((upgraded.UserId, person.Name), (news.UserId, news.UserName));
        Assert.Null(news.Token);
        Assert.Equal(LoginState.User, await second.State());
        Assert.Single(await second.Revalidate(after: 1));
        Assert.Empty(await first.Revalidate(after: 2));
    }

    [Fact]
    public async Task ASessionThatWasAwayLearnsOfTheUpgradeWhenItIsResumed()
    {
        var (first, second) = (house.NewDevice(), house.NewDevice());
        await second.LogIn(await first.LogInAsGuest().GivesToken()).Succeeds();
        var secret = await second.MakeResumable();
        await second.Disconnect();
        await first.Upgrade(Person.New()).Succeeds();
        var resumed = await second.Reconnected().Resume(secret, after: 1);
        Assert.Equal((true, LoginState.User), (resumed.Recovered, resumed.State));
        Assert.Equal(SessionEventKind.BecameUser, Assert.Single(resumed.Events).Kind);
    }

    [Fact]
    public async Task AGuestIsNotUpgradedOnceMoreByAnotherSession()
    {
        var (first, second, person) = (house.NewDevice(), house.NewDevice(), Person.New());
        await second.LogIn(await first.LogInAsGuest().GivesToken()).Succeeds();
        await first.Upgrade(person).Succeeds();
        var reply = await second.Upgrade(Person.New());
        Assert.Equal(Refusal.NotAllowed, reply.Refusal);
        Assert.Equal(SessionEventKind.BecameUser, Assert.Single(reply.Events).Kind);
        await second.LogOut().Succeeds();
    }

    [Fact]
    public async Task AGuestWhoseLoginWasRevokedIsLoggedOutAndNotUpgraded()
    {
        var (first, second) = (house.NewDevice(), house.NewDevice());
        var token = await first.LogInAsGuest().GivesToken();
        await second.LogIn(token).Succeeds();
        await first.LogOut().Succeeds();
        var reply = await second.Upgrade(Person.New());
        Assert.Equal(Refusal.NotAllowed, reply.Refusal);
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(reply.Events).Kind);
    }
}
