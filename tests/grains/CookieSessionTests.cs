using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Sessions that begin without a connection, and have any number of them afterwards.</summary>
public sealed class CookieSessionTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan MoreThanIdle = TimeSpan.FromHours(25);
    private static readonly TimeSpan LessThanIdle = TimeSpan.FromHours(23);

    [Fact]
    public async Task TouchWithTheRightSecretNamesTheUser()
    {
        var (session, opened) = await Open();
        Assert.Equal(opened.UserId, await session.Session.Touch("react-auth", opened.Secret).InTime());
        Assert.Null(await session.Session.Touch("react-auth", new Secret(RandomId.NewSecret())).InTime());
        Assert.Null(await session.Session.Touch("react-auth", default).InTime());
    }

    [Fact]
    public async Task CookieSessionSurvivesARestart()
    {
        var (session, opened) = await Open();
        await house.Restart();
        Assert.Equal(opened.UserId, await session.Session.Touch("react-auth", opened.Secret).InTime());
    }

    [Fact]
    public async Task OpenWithAWrongPasswordIsRefused()
    {
        var (_, person) = await house.NewUser();
        var session = house.NewDevice();
        var refused = await session.Session.Open("react-auth", RandomId.New(), new Credentials(person.Name, new Secret("not it at all")), NewSecret()).InTime();
        Assert.Equal(Refusal.Password, refused.Refusal);
        Assert.Empty(await house.StoredSession(session.SessionId));
    }

    [Fact]
    public async Task CookieSessionWaitsForItsBrowserForADayFromTheLastTouch()
    {
        var (session, opened) = await Open();
        house.Time.Advance(LessThanIdle);
        Assert.NotNull(await session.Session.Touch("react-auth", opened.Secret).InTime());
        house.Time.Advance(LessThanIdle);
        Assert.NotNull(await session.Session.Touch("react-auth", opened.Secret).InTime());
        house.Time.Advance(MoreThanIdle);
        Assert.Null(await session.Session.Touch("react-auth", opened.Secret).InTime());
    }

    [Fact]
    public async Task CookieSessionLastsForAWeekAtMost()
    {
        var (session, opened) = await Open();
        for (var day = 0; day < 7; day++)
        {
            Assert.NotNull(await session.Session.Touch("react-auth", opened.Secret).InTime());
            house.Time.Advance(LessThanIdle);
        }
        house.Time.Advance(TimeSpan.FromHours(10));
        Assert.Null(await session.Session.Touch("react-auth", opened.Secret).InTime());
    }

    [Fact]
    public async Task CookieSessionGoesOnWhileAConnectionIsOpenAndItsDayBeginsWhenTheLastHasGone()
    {
        var gateway = await GatewayWatch.Start(house);
        var (session, opened) = await Open();
        var (one, other) = (session.Reconnected(gateway.Id), session.Reconnected(gateway.Id));
        foreach (var device in new[] { one, other }) Assert.NotNull(await device.Session.Join(Speaking(device), opened.Secret).InTime());
        await one.Disconnect();
        house.Time.Advance(MoreThanIdle);
        Assert.NotNull(await session.Session.Touch("react-auth", opened.Secret).InTime());
        await other.Disconnect();
        house.Time.Advance(LessThanIdle);
        Assert.NotNull(await session.Session.Touch("react-auth", opened.Secret).InTime());
        house.Time.Advance(MoreThanIdle);
        Assert.Null(await session.Session.Touch("react-auth", opened.Secret).InTime());
    }

    [Fact]
    public async Task LogoutThroughOneConnectionEndsTheCookieSessionForAllAndForGood()
    {
        var gateway = await GatewayWatch.Start(house);
        var (first, opened) = await Open();
        var second = first.Reconnected(gateway.Id);
        Assert.Equal(opened.UserId, (await first.Session.Join(Speaking(first), opened.Secret).InTime())?.UserId);
        var joined = await second.Session.Join(Speaking(second), opened.Secret).InTime();

        await first.LogOut().Succeeds();
        Assert.Equal(first.SessionId, await gateway.Woken());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await second.Revalidate(joined!.Sequence)).Kind);
        Assert.Null(await first.Session.Touch("react-auth", opened.Secret).InTime());
        Assert.Null(await second.Session.Join(Speaking(second), opened.Secret).InTime());
        Assert.Empty(await house.StoredSession(first.SessionId));
    }

    [Fact]
    public async Task JoinWithoutTheSecretIsRefused()
    {
        var (session, _) = await Open();
        Assert.Null(await session.Session.Join(Speaking(session), new Secret(RandomId.NewSecret())).InTime());
    }

    [Fact]
    public async Task TicketOfAConnectionMakesItsSessionResumable()
    {
        var secret = RandomId.NewSecret();
        var device = house.NewDevice();
        var caller = device.Caller with { Resume = new ResumeTicket(new Secret(secret), "the tag") };
        await device.Session.LogInAsGuest(caller).InTime();
        await device.Disconnect();

        Assert.Null(await device.Session.FindResumable(new Secret(RandomId.NewSecret()), 0).InTime());
        Assert.Equal(new Resumable("the tag", "session"), await device.Session.FindResumable(new Secret(secret), 0).InTime());
        var resumed = await device.Reconnected().Resume(new Secret(secret), 0);
        Assert.True(resumed.Recovered);
        Assert.Equal(SessionEventKind.BecameGuest, Assert.Single(resumed.Events).Kind);
    }

    private static Caller Speaking(Device device) => device.Caller with { Protocol = "react-auth" };

    private static Secret NewSecret() => new(RandomId.NewSecret());

    private async Task<(Device Session, Opened Opened)> Open()
    {
        var (_, person) = await house.NewUser();
        var (session, secret) = (house.NewDevice(), NewSecret());
        var credentials = new Credentials(person.Email, new Secret(person.Password), IsEmail: true);
        var opened = await session.Session.Open("react-auth", session.Caller.Address, credentials, secret).InTime();
        Assert.Equal(Refusal.None, opened.Refusal);
        return (session, new Opened(opened.UserId, secret));
    }

    private sealed record Opened(Guid UserId, Secret Secret);
}
