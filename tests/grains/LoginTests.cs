using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class LoginTests(House house) : IClassFixture<House>
{
    [Fact]
    public async Task NameAndPasswordLogInFromAnyDevice()
    {
        var (first, person) = await house.NewUser();
        var loggedIn = await house.NewDevice().LogIn(person).Succeeds();
        Assert.Equal(SessionEventKind.LoggedIn, loggedIn.Kind);
        Assert.Equal(LoginState.User, loggedIn.State);
        Assert.Equal(person.Name, loggedIn.UserName);
        Assert.Equal((await first.Revalidate())[0].UserId, loggedIn.UserId);
    }

    [Fact]
    public async Task EachLoginHasATokenOfItsOwn()
    {
        var (_, person) = await house.NewUser();
        var one = await house.NewDevice().LogIn(person).GivesToken();
        var other = await house.NewDevice().LogIn(person).GivesToken();
        Assert.NotEqual(one.Id, other.Id);
        Assert.Equal(one.UserId, other.UserId);
    }

    [Fact]
    public async Task AnUnknownNameIsRefusedAsSuch() =>
        await house.NewDevice().LogIn(Person.New()).IsRefused(Refusal.Username);

    [Theory]
    [InlineData("")]
    [InlineData("tab\there")]
    public async Task ANameThatNobodyCanHaveIsRefusedLikeAnUnknownOne(string name) =>
        await house.NewDevice().LogIn(name, "whatever it is").IsRefused(Refusal.Username);

    [Fact]
    public async Task AWrongPasswordIsRefusedAndTheRightOneWorksAfterwards()
    {
        var (_, person) = await house.NewUser();
        var device = house.NewDevice();
        await device.LogIn(person.Name, "wrong password").IsRefused(Refusal.Password);
        await device.LogIn(person.Name, "").IsRefused(Refusal.Password);
        await device.LogIn(person.Name, person.Password + " ").IsRefused(Refusal.Password);
        await device.LogIn(person).Succeeds();
    }

    [Fact]
    public async Task APasswordOfAMegabyteIsWrong()
    {
        var (_, person) = await house.NewUser();
        await house.NewDevice().LogIn(person.Name, new string('p', 1_000_000)).IsRefused(Refusal.Password);
    }

    [Fact]
    public async Task AGuestHasNoPassword()
    {
        var guest = await house.NewGuest();
        var name = (await guest.Revalidate())[0].UserName!;
        await house.NewDevice().LogIn(name, "").IsRefused(Refusal.Password);
    }

    [Fact]
    public async Task AGuestHasANameAndAToken()
    {
        var became = await house.NewDevice().LogInAsGuest().Succeeds();
        Assert.Equal((SessionEventKind.BecameGuest, LoginState.Guest), (became.Kind, became.State));
        Assert.Matches("^guest-[0-9a-f]{8}$", became.UserName);
        Assert.Equal(became.UserId, became.Token?.UserId);
    }

    [Fact]
    public async Task EachGuestIsSomebodyElse()
    {
        var guests = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.NewDevice().LogInAsGuest().Succeeds()));
        Assert.Distinct(guests.Select(guest => guest.UserId));
        Assert.Distinct(guests.Select(guest => guest.UserName));
    }

    [Fact]
    public async Task SigningInAsAUserWhoDoesNotExistIsRefused()
    {
        var nobody = house.Grains.User(Guid.NewGuid());
        var reply = await nobody.SignIn(new("some session", "session", ["a gateway"]), version: 1).InTime();
        Assert.Equal((Refusal.Username, null), (reply.Refusal, reply.SignIn));
    }
}
