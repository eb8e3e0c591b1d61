using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class ProfileTests(House house) : IClassFixture<House>
{
    private static readonly ProfileEdit Nothing = new(null, null, null, null);

    [Fact]
    public async Task AnEditChangesWhatItNamesAndNothingElse()
    {
        var (user, _) = await Somebody();
        Assert.True(await user.Edit(new("https://example.org/a.png", "Hello", UserStatus.Away, "at lunch")).InTime());
        Assert.True(await user.Edit(Nothing with { Bio = "Hello again" }).InTime());
        var details = (await user.GetDetails().InTime())!;
        Assert.Equal(("https://example.org/a.png", "Hello again", "at lunch"), (details.Icon, details.Bio, details.StatusText));
        Assert.True(await user.Edit(Nothing with { Icon = "" }).InTime());
        Assert.Null((await user.GetDetails().InTime())!.Icon);
    }

    public static TheoryData<ProfileEdit> Unacceptable => new()
    {
        Nothing with { Icon = "javascript:alert(1)" },
        Nothing with { Icon = "data:image/png;base64,AA==" },
        Nothing with { Icon = "//elsewhere.example/a.png" },
        Nothing with { Icon = "file:///etc/passwd" },
        Nothing with { Icon = new string('a', 3000) },
        Nothing with { Bio = new string('b', 2001) },
        Nothing with { Bio = "\0" },
        Nothing with { Status = UserStatus.Offline },
        Nothing with { Status = (UserStatus)7 },
        Nothing with { StatusText = new string('s', 129) },
    };

    [Theory]
    [MemberData(nameof(Unacceptable))]
    public async Task WhatIsNotAcceptableChangesNothing(ProfileEdit edit)
    {
        var (user, _) = await Somebody();
        var before = await user.GetDetails().InTime();
        Assert.False(await user.Edit(edit with { StatusText = edit.StatusText ?? "not this either" }).InTime());
        Assert.Equal(before!.StatusText, (await user.GetDetails().InTime())!.StatusText);
    }

    [Fact]
    public async Task AUserIsOnlineWhileTheGatewayOfASessionLives()
    {
        var gateway = await GatewayWatch.Start(house);
        var (device, person) = (house.NewDevice(gateway: gateway.Id), Person.New());
        var userId = (await device.Register(person).Succeeds()).UserId!.Value;
        var user = house.Grains.User(userId);
        Assert.True((await user.GetDetails().InTime())!.IsOnline);
        await device.Disconnect();
        var details = (await user.GetDetails().InTime())!;
        Assert.Equal((false, UserStatus.Offline), (details.IsOnline, details.Status));
        Assert.NotNull(details.LastOnline);
    }

    [Fact]
    public async Task ChangingThePasswordEndsEveryOtherLogin()
    {
        var (here, person) = await house.NewUser();
        var there = house.NewDevice();
        var signedIn = await there.LogIn(person).Succeeds();
        var user = house.Grains.User(signedIn.UserId!.Value);
        var wanted = new Secret("another long one");

        Assert.Equal(PasswordChange.Wrong, await user.ChangePassword(new Secret("not it at all"), wanted, signedIn.Token!.Id).InTime());
        Assert.Equal(
            PasswordChange.TooShortOrLong,
            await user.ChangePassword(new Secret(person.Password), new Secret("short"), signedIn.Token.Id).InTime());
        Assert.Equal(
            PasswordChange.Changed, await user.ChangePassword(new Secret(person.Password), wanted, signedIn.Token.Id).InTime());

        Assert.Single(await here.Revalidate(after: 1));
        Assert.Empty(await there.Revalidate(after: 1));
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Password);
        await house.NewDevice().LogIn(person.Name, wanted.Value).Succeeds();
    }

    [Fact]
    public async Task LoginsCanBeListedAndEndedOneByOne()
    {
        var (here, person) = await house.NewUser();
        var there = house.NewDevice();
        var userId = (await there.LogIn(person).Succeeds()).UserId!.Value;
        var user = house.Grains.User(userId);
        var logins = await user.GetLogins().InTime();
        Assert.Equal(2, logins.Length);
        Assert.True(await user.EndLogin(logins[^1].Id).InTime());
        Assert.Single(await user.GetLogins().InTime());
        Assert.False(await user.EndLogin("no such login").InTime());
        Assert.Single((await here.Revalidate(after: 1)).Concat(await there.Revalidate(after: 1)));
    }

    [Fact]
    public async Task DeletingAUserEndsItsSessionsAndFreesItsNames()
    {
        var gateway = await GatewayWatch.Start(house);
        var (device, person) = (house.NewDevice(gateway: gateway.Id), Person.New());
        var registered = await device.Register(person).Succeeds();
        var user = house.Grains.User(registered.UserId!.Value);

        Assert.True(await user.Delete().InTime());
        Assert.Equal(device.SessionId, await gateway.Woken());
        Assert.Single(await device.Revalidate(after: 1));
        await house.NewDevice().LogIn(registered.Token!).IsRefused(Refusal.Token);
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Username);
        Assert.Null(await user.GetDetails().InTime());
        Assert.False(await user.Delete().InTime());
        await house.NewDevice().Register(person).Succeeds();
    }

    [Fact]
    public async Task OnlyOneFirstAdministratorIsMade()
    {
        var wanted = Enumerable.Range(0, 5).Select(_ => Person.New()).ToList();
        var outcomes = await Task.WhenAll(wanted.Select(
            person => house.Grains.User(Guid.CreateVersion7()).RegisterFirstAdministrator(person.Registration))).InTime();
        Assert.Equal(1, outcomes.Count(outcome => outcome == Refusal.None));
        Assert.Equal(4, outcomes.Count(outcome => outcome == Refusal.NotAllowed));
        Assert.Equal(1, await house.Database.Value<long>("SELECT count(*) FROM users WHERE 'admin' = ANY (permissions)"));
    }

    [Fact]
    public async Task ABannedUserCannotLogIn()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        var token = (await device.Register(person).Succeeds()).Token!;
        await house.Database.Execute("UPDATE users SET is_banned = true WHERE name = $1", person.Name);
        await house.Restart();
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task PagesOfUsersHaveAStableOrder()
    {
        for (var count = 0; count < 5; count++) await house.NewGuest();
        var directory = house.Grains.UserDirectory();
        var all = await directory.List(1, 1000).InTime();
        Assert.Equal(all.Total, all.Users.Length);
        var pages = new List<UserDetails>();
        for (var page = 1; pages.Count < all.Users.Length; page++) pages.AddRange((await directory.List(page, 2).InTime()).Users);
        Assert.Equal(all.Users.Select(user => user.Id), pages.Select(user => user.Id));
        Assert.Empty((await directory.List(int.MaxValue, 1000).InTime()).Users);
    }

    private async Task<(IUserGrain User, Person Person)> Somebody()
    {
        var person = Person.New();
        var registered = await house.NewDevice().Register(person).Succeeds();
        return (house.Grains.User(registered.UserId!.Value), person);
    }
}
