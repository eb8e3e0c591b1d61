using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Grains.Tests;

/// <summary>What a session is after a write failed: what the database says, and ready for the next attempt.</summary>
public sealed class DatabaseErrorTests(House house) : IClassFixture<House>
{
    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    [InlineData("tokens")]
    [InlineData("users")]
    public async Task AFailedLoginLeavesTheSessionLoggedOutAndCanBeRepeated(string table)
    {
        var device = house.NewDevice();
        await WhileRefused(table, () => device.LogInAsGuest());
        Assert.Equal(LoginState.Undefined, await device.State());
        Assert.Empty(await house.StoredSession(device.SessionId));
        Assert.Equal(1, (await device.LogInAsGuest().Succeeds()).Sequence);
        await AgreesWithTheDatabase(device);
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    [InlineData("tokens")]
    [InlineData("users")]
    public async Task AFailedRegistrationCanBeRepeated(string table)
    {
        var (device, person) = (house.NewDevice(), Person.New());
        await WhileRefused(table, () => device.Register(person));
        Assert.Equal(LoginState.Undefined, await device.State());
        var registered = await device.Register(person).Succeeds();
        Assert.Equal((1, LoginState.User, person.Name), (registered.Sequence, registered.State, registered.UserName));
        await AgreesWithTheDatabase(device);
        await device.LogOut().Succeeds();
        await device.Register(person).IsRefused(Refusal.UsernameTaken);
    }

    [Fact]
    public async Task AFailedRegistrationIsRepeatedByTheSameClientWithTheSameAddressAndPasswordOnly()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        await WhileRefused("OrleansStorage", () => device.Register(person));
        await device.Register(person with { Password = "another password" }).IsRefused(Refusal.UsernameTaken);
        await device.Register(person with { Email = Person.New().Email }).IsRefused(Refusal.UsernameTaken);
        await house.NewDevice().Register(person).IsRefused(Refusal.UsernameTaken);
        await device.Register(person).Succeeds();
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    [InlineData("tokens")]
    [InlineData("session_wakes")]
    public async Task AFailedLogoutCanBeRepeated(string table)
    {
        var device = await house.NewGuest();
        await WhileRefused(table, () => device.LogOut());
        await AgreesWithTheDatabase(device);
        await device.LogOut().Succeeds();
        await AgreesWithTheDatabase(device);
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("users")]
    public async Task AFailedUpgradeCanBeRepeated(string table)
    {
        var (device, person) = (await house.NewGuest(), Person.New());
        await WhileRefused(table, () => device.Upgrade(person));
        await AgreesWithTheDatabase(device);
        var upgraded = await device.Upgrade(person).Succeeds();
        Assert.Equal((2, LoginState.User, person.Name), (upgraded.Sequence, upgraded.State, upgraded.UserName));
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    public async Task FailedDetachCanBeRepeated(string table)
    {
        var device = await house.NewGuest();
        await WhileRefused(table, () => device.Disconnect());
        await AgreesWithTheDatabase(device);
        await device.Disconnect();
        Assert.Equal(LoginState.Undefined, await device.State());
        await AgreesWithTheDatabase(device);
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    public async Task FailedDetachOfAResumableSessionCanBeRepeated(string table)
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await WhileRefused(table, () => device.Disconnect());
        await AgreesWithTheDatabase(device);
        await device.Disconnect();
        Assert.Contains("DetachedAt", Assert.Single(await house.StoredSession(device.SessionId)));
        Assert.True((await device.Reconnected().Resume(secret, after: 1)).Recovered);
    }

    [Theory]
    [InlineData("OrleansStorage")]
    [InlineData("user_sessions")]
    public async Task AFailedResumeCanBeRepeated(string table)
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        var back = device.Reconnected();
        await WhileRefused(table, () => back.Resume(secret, after: 0));
        await AgreesWithTheDatabase(device);
        Assert.Single((await back.Resume(secret, after: 0)).Events);
    }

    [Fact]
    public async Task EachSessionAgreesWithTheDatabaseAfterEveryConnectionIsCut()
    {
        var devices = Enumerable.Range(0, 40).Select(_ => house.NewDevice()).ToList();
        var isCut = false;
        var work = devices.Select(Work).ToList();
        while (await CutConnections() == 0)
        {
        }
        Volatile.Write(ref isCut, true);
        await Task.WhenAll(work);

        // Whoever was not told has to ask: as long as that, the monitor may still say that the database is away.
        while (!await house.Host.Services.GetRequiredService<DatabaseMonitor>().Probe(TestContext.Current.CancellationToken))
        {
        }
        foreach (var device in devices)
        {
            await AgreesWithTheDatabase(device);
            if (await device.State() != LoginState.Undefined) await device.LogOut().Succeeds();
            await device.LogInAsGuest().Succeeds();
        }

        async Task Work(Device device)
        {
            try
            {
                while (!Volatile.Read(ref isCut))
                {
                    await device.LogInAsGuest();
                    await device.LogOut();
                }
                await device.LogInAsGuest();
            }
            catch (Exception cut) when (cut is not TimeoutException)
            {
            }
        }
    }

    private async Task AgreesWithTheDatabase(Device device)
    {
        var state = await device.State();
        var stored = await house.StoredSession(device.SessionId);
        Assert.Equal(state == LoginState.Undefined ? 0 : 1, stored.Count);
        if (state != LoginState.Undefined) Assert.Contains($"\"Login\":\"{state}\"", stored[0]);
    }

    private Task<long> CutConnections() => house.Database.Value<long>(
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'gatehouse' AND state = 'active'
        """);

    /// <summary>The command must fail, because a table takes no writes for as long as it runs.</summary>
    private async Task WhileRefused(string table, Func<Task> command)
    {
        await house.Database.Execute(
            $"""
            CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(command);
        }
        finally
        {
            await house.Database.Execute($"DROP TRIGGER refuse ON {table}");
        }
    }
}
