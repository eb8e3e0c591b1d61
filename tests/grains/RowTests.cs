using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Gatehouse.Grains.Tests;

/// <summary>Who may come in is decided by the row, whatever an activation has seen before, and whoever has changed it since.</summary>
public sealed class RowTests(House house) : IClassFixture<House>
{
    private const string NewPassword = "another horse battery";

    [Fact]
    public async Task PasswordThatWasChangedInOneProcessIsKnownInAnother()
    {
        var (token, person) = await Registered();
        await using var other = await house.StartAnother([]);
        Assert.Equal(Refusal.None, (await LogIn(other, person)).Refusal);

        Assert.Equal(PasswordChange.Changed, await ChangePassword(token, person).InTime());
        Assert.Equal(Refusal.Password, (await LogIn(other, person)).Refusal);
        Assert.Equal(Refusal.None, (await LogIn(other, person with { Password = NewPassword })).Refusal);
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Password);
    }

    [Fact]
    public async Task CheckThatWasRightBeforeThePasswordChangedSignsNobodyIn()
    {
        var (token, person) = await Registered();
        var user = house.Grains.User(token.UserId);
        var check = await user.CheckPassword(new Secret(person.Password)).InTime();
        Assert.Equal(PasswordCheck.Right, check.Check);
        await ChangePassword(token, person).InTime();
        var reply = await user.SignIn(new SessionLocation(RandomId.New(), "session", ["a gateway"]), check.Version).InTime();
        Assert.Equal((Refusal.Password, null), (reply.Refusal, reply.SignIn));
    }

    [Fact]
    public async Task CheckThatWasRightBeforeALockSignsNobodyIn()
    {
        var (token, person) = await Registered();
        var user = house.Grains.User(token.UserId);
        var check = await user.CheckPassword(new Secret(person.Password)).InTime();
        for (var guess = 0; guess < 10; guess++) await user.CheckPassword(new Secret("a wrong one")).InTime();
        var reply = await user.SignIn(new SessionLocation(RandomId.New(), "session", ["a gateway"]), check.Version).InTime();
        Assert.Equal(Refusal.Withheld, reply.Refusal);
    }

    [Fact]
    public async Task HashOfAPasswordThatWasChangedMeanwhileIsNotPutBack()
    {
        var (token, person) = await Registered();
        var before = await Find(token);
        await ChangePassword(token, person).InTime();
        await Logins.Rehash(before, "the old password, hashed better");
        Assert.Null(await Logins.SetPassword(token.UserId, before.Version, "of a slower change", token.Id));
        await house.NewDevice().LogIn(person with { Password = NewPassword }).Succeeds();
    }

    [Fact]
    public async Task ChangeOfThePasswordThatFailsInItsSecondHalfHasNotBegun()
    {
        var (token, person) = await Registered();
        var other = house.NewDevice();
        await other.LogIn(person).Succeeds();
        await house.Database.Execute(
            "ALTER TABLE tokens ADD CONSTRAINT full_disk CHECK (revoked_at IS NULL) NOT VALID");
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => ChangePassword(token, person).InTime());
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE tokens DROP CONSTRAINT full_disk");
        }
        Assert.Empty(await other.Revalidate(after: 1));
        await house.NewDevice().LogIn(person).Succeeds();
        Assert.Equal(PasswordChange.Changed, await ChangePassword(token, person).InTime());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await other.Revalidate(after: 1)).Kind);
    }

    [Fact]
    public async Task BanByHandRefusesEveryWayInAtOnce()
    {
        var (_, person) = await Registered();
        var (resumable, cookie, talker) = (house.NewDevice(), house.NewDevice(), house.NewDevice());
        var token = await resumable.LogIn(person).GivesToken();
        var secret = await resumable.MakeResumable();
        var credentials = new Credentials(person.Name, new Secret(person.Password));
        var shown = new Secret(RandomId.NewSecret());
        Assert.Equal(Refusal.None, (await Open(cookie)).Refusal);
        Assert.Equal(Refusal.None, (await talker.Session.EnterRoom(talker.Caller, credentials, "a room").InTime()).Refusal);
        var check = await house.Grains.User(token.UserId).CheckPassword(credentials.Password).InTime();

        await house.Database.Execute("UPDATE users SET is_banned = true WHERE id = $1", token.UserId);

        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);
        Assert.Equal(LoginState.Undefined, (await resumable.Reconnected().Resume(secret, after: 1)).State);
        Assert.Null(await cookie.Session.Touch("react-auth", shown).InTime());
        Assert.Null(await cookie.Session.Join(cookie.Caller with { Protocol = "react-auth" }, shown).InTime());
        Assert.Equal(Refusal.Withheld, (await Open(house.NewDevice())).Refusal);
        Assert.Equal(SessionEventKind.LoggedOut, (await talker.Revalidate())[^1].Kind);
        Assert.Null(await talker.Session.ReturnToRoom(talker.Caller).InTime());
        Assert.Equal(Refusal.Withheld, (await talker.Session.EnterRoom(talker.Caller, credentials, "a room").InTime()).Refusal);
        Assert.Equal(
            Refusal.Token, (await talker.Session.EnterRoomByToken(talker.Caller, token.UserId, token.Id, "a room").InTime()).Refusal);
        var reply = await house.Grains.User(token.UserId)
            .SignIn(new SessionLocation(RandomId.New(), "session", ["a gateway"]), check.Version).InTime();
        Assert.Equal(Refusal.Withheld, reply.Refusal);

        await house.Database.Execute("UPDATE users SET is_banned = false WHERE id = $1", token.UserId);
        await house.NewDevice().LogIn(person).Succeeds();
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);

        Task<OpenReply> Open(Device device) => device.Session.Open("react-auth", RandomId.New(), credentials, shown).InTime();
    }

    /// <summary>In two processes, because one of them would do one after the other.</summary>
    [Theory]
    [InlineData("logout")]
    [InlineData("change of the password")]
    public async Task RevocationDuringARotationRevokesTheSuccessorToo(string revocation)
    {
        var (token, person) = await Registered();
        await using var other = await house.StartAnother([]);
        await using var connection = new NpgsqlConnection(house.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        // Whoever rotates has read the old token by now, and cannot add the new one.
        await using (var hold = new NpgsqlCommand("LOCK TABLE tokens IN SHARE MODE", connection)) await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var back = new Device(house, RandomId.New());
        var rotating = back.LogIn(token);
        await house.Waiting(1);
        var user = other.Grains.User(token.UserId);
        Task revoking = revocation == "logout" ? user.Revoke(token.Id) : ChangePassword(token, person, user, keep: "none");
        await house.Waiting(2);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await revoking.InTime();
        var reply = await rotating;

        Assert.Equal(0, await house.Database.Value<long>(
            "SELECT count(*) FROM tokens WHERE family = $1 AND revoked_at IS NULL", token.Id));
        Assert.Equal(0, await house.Database.Value<long>("SELECT count(*) FROM user_sessions WHERE family = $1", token.Id));
        if (reply.Refusal == Refusal.None) Assert.Single(await back.Revalidate(after: 1));
    }

    /// <summary>Everybody takes locks in one order; two orders are a deadlock, sooner or later.</summary>
    [Theory]
    [InlineData("housekeeping")]
    [InlineData("the end of a connection")]
    public async Task WhoeverHoldsAUserCanEndItsSessions(string meanwhile)
    {
        var device = house.NewDevice(gateway: "a gateway that is gone");
        var token = await device.Register(Person.New()).GivesToken();
        await using var connection = new NpgsqlConnection(house.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Execute("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE");
        var other = meanwhile == "housekeeping" ? house.Sweep() : device.Disconnect();
        await house.Waiting(1);
        await Execute("DELETE FROM user_sessions WHERE user_id = $1");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await other;

        async Task Execute(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = token.UserId } } };
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task LoginThatHasOutlivedItsFirstTokenCanBeEnded()
    {
        var (first, _) = await Registered();
        var second = await house.NewDevice().LogIn(first).GivesToken();
        await house.Database.Execute("DELETE FROM tokens WHERE id = $1", first.Id);
        Assert.True(await house.Grains.User(first.UserId).EndLogin(first.Id).InTime());
        await house.NewDevice().LogIn(second).IsRefused(Refusal.Token);
    }

    private LoginStore Logins => house.Host.Services.GetRequiredService<LoginStore>();

    private async Task<UserRow> Find(IssuedToken token) =>
        (await house.Host.Services.GetRequiredService<UserStore>().Find(token.UserId))!;

    private async Task<(IssuedToken Token, Person Person)> Registered()
    {
        var person = Person.New();
        return (await house.NewDevice().Register(person).GivesToken(), person);
    }

    private Task<PasswordChange> ChangePassword(IssuedToken token, Person person, IUserGrain? user = null, string? keep = null) =>
        (user ?? house.Grains.User(token.UserId)).ChangePassword(
            new Secret(person.Password), new Secret(NewPassword), keep ?? token.Id);

    private static Task<SessionReply> LogIn(GrainHost host, Person person)
    {
        var id = RandomId.New();
        return host.Grains.Session(id).LogInWithCredentials(
            new Caller(RandomId.New(), "session", "gateway of " + id, RandomId.New()),
            new Credentials(person.Name, new Secret(person.Password))).InTime();
    }
}
