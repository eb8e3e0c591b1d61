using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class ResumeTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task TheRightSecretGoesOnWithTheSessionOnAnotherConnection()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        house.Time.Advance(Window - Moment);

        var back = device.Reconnected("another gateway");
        var resumed = await back.Resume(secret, after: 1);
        Assert.True(resumed.Recovered);
        Assert.Equal((LoginState.Guest, 1), (resumed.State, resumed.Sequence));
        Assert.Empty(resumed.Events);
        await back.LogOut().Succeeds();
    }

    [Fact]
    public async Task WhatWasMissedComesInOrder()
    {
        var device = house.NewDevice();
        var secret = await device.MakeResumable();
        await device.LogInAsGuest().Succeeds();
        await device.Upgrade(Person.New()).Succeeds();
        await device.LogOut().Succeeds();
        await device.LogInAsGuest().Succeeds();
        await device.Disconnect();

        var resumed = await device.Reconnected().Resume(secret, after: 1);
        Assert.Equal([2, 3, 4], resumed.Events.Select(entry => entry.Sequence));
        Assert.Equal(
            [SessionEventKind.Upgraded, SessionEventKind.LoggedOut, SessionEventKind.BecameGuest],
            resumed.Events.Select(entry => entry.Kind));
        Assert.Equal(LoginState.Guest, resumed.State);
    }

    [Fact]
    public async Task WhatTheClientHasSeenIsAcknowledgedByResuming()
    {
        var device = house.NewDevice();
        var secret = await device.MakeResumable();
        await device.LogInAsGuest().Succeeds();
        await device.Upgrade(Person.New()).Succeeds();
        await device.Resume(secret, after: 1);
        Assert.Equal([2], (await device.Revalidate()).Select(entry => entry.Sequence));
        // So it cannot go back behind that.
        Assert.False((await device.Resume(secret, after: 0)).Recovered);
    }

    [Fact]
    public async Task AWrongSecretResumesNothingAndHarmsNothing()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        var stranger = device.Reconnected();
        Assert.Equal(ResumeReply.Gone, await stranger.Resume(new Secret(RandomId.NewSecret()), 1), new SameReply());
        Assert.Equal(ResumeReply.Gone, await stranger.Resume(new Secret(""), 1), new SameReply());
        Assert.True((await device.Reconnected().Resume(secret, 1)).Recovered);
    }

    [Fact]
    public async Task ASessionThatWasNotMadeResumableCannotBeResumed()
    {
        var device = await house.NewGuest();
        Assert.False((await device.Reconnected().Resume(new Secret(""), 1)).Recovered);
        Assert.False((await house.NewDevice().Resume(new Secret(RandomId.NewSecret()), 0)).Recovered);
    }

    [Fact]
    public async Task ANewSecretMakesTheOldOneWorthless()
    {
        var device = await house.NewGuest();
        var old = await device.MakeResumable();
        var current = await device.MakeResumable();
        Assert.False((await device.Reconnected().Resume(old, 1)).Recovered);
        Assert.True((await device.Reconnected().Resume(current, 1)).Recovered);
    }

    [Fact]
    public async Task TheSecretIsStoredHashed()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        var stored = Assert.Single(await house.StoredSession(device.SessionId));
        Assert.DoesNotContain(secret.Value, stored);
        Assert.Contains(
            JsonSerializer.Serialize(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret.Value)))), stored);
    }

    [Fact]
    public async Task AfterTheWindowTheSessionIsGone()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        house.Time.Advance(Window + Moment);
        Assert.False((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Fact]
    public async Task TheWindowBeginsWhenTheLastConnectionGoes()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        house.Time.Advance(2 * Window);
        await device.Disconnect();
        house.Time.Advance(Window / 2);
        var back = device.Reconnected();
        Assert.True((await back.Resume(secret, after: 1)).Recovered);
        house.Time.Advance(2 * Window);
        await back.Disconnect();
        house.Time.Advance(Window / 2);
        Assert.True((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task ANumberThatCannotBeResumesNothing(long after)
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        Assert.False((await device.Reconnected().Resume(secret, after)).Recovered);
        Assert.True((await device.Reconnected().Resume(secret, 1)).Recovered);
    }

    [Fact]
    public async Task ASessionCanBeResumedAfterARestart()
    {
        var device = house.NewDevice();
        await device.LogInAsGuest().Succeeds();
        var secret = await device.MakeResumable();
        await device.Upgrade(Person.New()).Succeeds();
        await house.Restart();
        var resumed = await device.Reconnected().Resume(secret, after: 1);
        Assert.True(resumed.Recovered);
        Assert.Equal(SessionEventKind.Upgraded, Assert.Single(resumed.Events).Kind);
    }

    [Fact]
    public async Task ASessionThatIsNotLoggedInCanBeResumedAsWell()
    {
        var device = house.NewDevice();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        var resumed = await device.Reconnected().Resume(secret, after: 0);
        Assert.Equal((true, LoginState.Undefined, 0), (resumed.Recovered, resumed.State, resumed.Sequence));
    }

    [Fact]
    public async Task TheNewConnectionTakesThePlaceOfTheEarlierOnes()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        var back = device.Reconnected();
        await back.Resume(secret, after: 1);
        // The old one is detached late, and must not end what is another's by now.
        await device.Disconnect();
        house.Time.Advance(2 * Window);
        Assert.True((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Fact]
    public async Task AnAbandonedSessionEndsWithItsConnection()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Session.Abandon(secret).InTime();
        Assert.False((await device.Reconnected().Resume(secret, after: 1)).Recovered);
        Assert.Equal(LoginState.Guest, await device.State());
        await device.Disconnect();
        Assert.Empty(await house.StoredSession(device.SessionId));
        Assert.False((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Fact]
    public async Task OnlyWhoKnowsTheSecretCanAbandonASession()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Session.Abandon(new Secret(RandomId.NewSecret())).InTime();
        await device.Disconnect();
        Assert.True((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Fact]
    public async Task WhoResumesARevokedSessionLearnsThatItIsLoggedOut()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        await house.Grains.User(token.UserId).Revoke(token.Id).InTime();

        var resumed = await device.Reconnected().Resume(secret, after: 1);
        Assert.Equal((true, LoginState.Undefined), (resumed.Recovered, resumed.State));
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(resumed.Events).Kind);
        Assert.Empty(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task ASessionIsReachedThroughTheGatewayThatResumedIt()
    {
        var (before, after) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var device = house.NewDevice(gateway: before.Id);
        var token = await device.LogInAsGuest().GivesToken();
        var secret = await device.MakeResumable();
        await device.Reconnected(after.Id).Resume(secret, after: 1);
        await house.Grains.User(token.UserId).Revoke(token.Id).InTime();
        Assert.Equal(device.SessionId, await after.Woken());
        Assert.Empty(await before.WokenSoFar());
    }

    private sealed class SameReply : IEqualityComparer<ResumeReply>
    {
        public bool Equals(ResumeReply? one, ResumeReply? other) =>
            one! with { Events = [] } == other! with { Events = [] } && one.Events.SequenceEqual(other.Events);

        public int GetHashCode(ResumeReply reply) => 0;
    }
}
