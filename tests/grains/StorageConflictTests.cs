using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Somebody else has written the row: during a split of the cluster, or by hand.</summary>
public sealed class StorageConflictTests(House house) : IClassFixture<House>
{
    [Fact]
    public async Task AWriteOverSomebodyElsesFailsAndTheSessionGoesOnFromWhatIsStored()
    {
        var device = await house.NewGuest();
        await WriteBehindItsBack(device, """jsonb_set(json, '{Sequence}', '41')""");
        await Assert.ThrowsAnyAsync<Exception>(() => device.Upgrade(Person.New()));
        Assert.Equal(42, (await device.LogOut().Succeeds()).Sequence);
        Assert.Empty(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task ALogoutOverSomebodyElsesWriteFailsAndCanBeRepeated()
    {
        var device = await house.NewGuest();
        await WriteBehindItsBack(device, "json");
        await Assert.ThrowsAnyAsync<Exception>(() => device.LogOut());
        Assert.Equal(SessionEventKind.LoggedOut, (await device.LogOut().Succeeds()).Kind);
        Assert.Empty(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task ASessionIsResumedFromWhatSomebodyElseHasWrittenMeanwhile()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await WriteBehindItsBack(device, """jsonb_set(json, '{Login}', '2')""");
        var resumed = await device.Reconnected().Resume(secret, after: 1);
        Assert.Equal((true, LoginState.User), (resumed.Recovered, resumed.State));
    }

    [Fact]
    public async Task DetachOfASessionThatWentOnElsewhereDoesNotMoveIt()
    {
        var device = house.NewDevice(gateway: "one gateway");
        await device.LogInAsGuest().Succeeds();
        await device.MakeResumable();
        await WriteBehindItsBack(device, """jsonb_set(json, '{Connections}', '{"other": "another gateway"}')""");
        await Assert.ThrowsAnyAsync<Exception>(device.Disconnect);
        await device.Disconnect();
        Assert.Equal("one gateway", await house.Database.Value<string>(
            "SELECT gateway_ids[1] FROM user_sessions WHERE session_id = $1", device.SessionId));
    }

    [Fact]
    public async Task ASessionThatWaitsIsWhatIsStored()
    {
        var device = await house.NewGuest();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        await WriteBehindItsBack(device, """jsonb_set(json, '{Sequence}', '41')""");
        Assert.True((await device.Reconnected().Resume(secret, after: 41)).Recovered);
    }

    [Fact]
    public async Task ARowThatVanishedIsNotWrittenAnew()
    {
        var device = await house.NewGuest();
        await house.Database.Execute(
            "DELETE FROM OrleansStorage WHERE GrainIdExtensionString = $1", "session/" + device.SessionId);
        await Assert.ThrowsAnyAsync<Exception>(() => device.MakeResumable());
        Assert.Equal(LoginState.Undefined, await device.State());
        await device.LogInAsGuest().Succeeds();
    }

    [Fact]
    public async Task AUserWhoseRowHasChangedIsReadAnew()
    {
        var (device, person) = (await house.NewGuest(), Person.New());
        await house.Database.Execute(
            "UPDATE users SET version = version + 1 WHERE id = $1", (await device.Revalidate())[0].UserId!.Value);
        await device.Upgrade(person).Succeeds();
    }

    private async Task WriteBehindItsBack(Device device, string json) => Assert.Equal(1, await house.Database.Execute(
        $"""
        UPDATE OrleansStorage SET Version = Version + 1, PayloadBinary = convert_to(({json})::text, 'UTF8')
        FROM (SELECT grain_state_json(PayloadBinary) AS json FROM OrleansStorage WHERE GrainIdExtensionString = $1) AS stored
        WHERE GrainIdExtensionString = $1
        """,
        "session/" + device.SessionId));
}
