using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>A session's way into a room and out of it.</summary>
public sealed class SessionRoomTests(House house) : IClassFixture<House>
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task ThePasswordLetsASessionInAndLogsItIn()
    {
        var (device, person) = await NewMember();
        var entry = await Enter(device, person, _room);
        Assert.Equal((Refusal.None, _room, person.Name), (entry.Refusal, entry.Room, entry.Member!.Name));
        Assert.Equal(LoginState.User, await device.State());
        Assert.Equal([person.Name], await Present(_room));
    }

    [Fact]
    public async Task WhoeverIsRefusedIsWhereTheyWere()
    {
        var (device, person) = await NewMember();
        Assert.Equal(Refusal.Password, (await Enter(device, person with { Password = "wrong" }, _room)).Refusal);
        Assert.Equal(Refusal.Username, (await Enter(device, Person.New(), _room)).Refusal);
        Assert.Equal(Refusal.Room, (await Enter(device, person, "")).Refusal);
        Assert.Equal(LoginState.Undefined, await device.State());

        var elsewhere = RandomId.New();
        await Enter(device, person, elsewhere);
        Assert.Equal(Refusal.Password, (await Enter(device, person with { Password = "wrong" }, _room)).Refusal);
        Assert.Equal([person.Name], await Present(elsewhere));
        Assert.Empty(await Present(_room));
    }

    [Fact]
    public async Task WhoeverIsBannedIsNotLoggedInByTrying()
    {
        var (device, person) = await NewMember();
        await Ban(person);
        Assert.Equal(Refusal.Banned, (await Enter(device, person, _room)).Refusal);
        Assert.Equal(LoginState.Undefined, await device.State());

        var (other, grace) = await NewMember();
        var elsewhere = RandomId.New();
        await Enter(other, grace, elsewhere);
        Assert.Equal(Refusal.Banned, (await Enter(other, person, _room)).Refusal);
        Assert.Equal(grace.Name, (await other.Session.ReturnToRoom(other.Caller).InTime())!.Member!.Name);
    }

    [Fact]
    public async Task ASecondEntryLeavesTheFirstRoom()
    {
        var (device, person) = await NewMember();
        var former = RandomId.New();
        await Enter(device, person, former);
        await Enter(device, person, _room);
        Assert.Empty(await Present(former));
        Assert.Equal([person.Name], await Present(_room));
        await device.Session.LeaveRoom().InTime();
        Assert.Empty(await Present(_room));
        Assert.Null(await device.Session.ReturnToRoom(device.Caller).InTime());
    }

    [Fact]
    public async Task WhoeverEntersAsSomebodyElseIsNoMoreWhoTheyWere()
    {
        var gateway = await GatewayWatch.Start(house);
        var (device, ada) = await NewMember(gateway);
        var (_, grace) = await NewMember();
        var first = (await Enter(device, ada, _room)).Member!;
        var second = (await Enter(device, grace, _room)).Member!;
        Assert.Equal([grace.Name], await Present(_room));
        Assert.False((await Details(first.Key)).IsOnline);
        Assert.True((await Details(second.Key)).IsOnline);
        Assert.DoesNotContain(
            await house.Grains.User(Guid.Parse(first.Key)).GetLogins().InTime(), login => login.IsOnline);
    }

    [Fact]
    public async Task ALogoutElsewherePutsTheSessionOutOfTheRoom()
    {
        var (device, person) = await NewMember(await GatewayWatch.Start(house));
        var key = (await Enter(device, person, _room)).Member!.Key;
        var login = Assert.Single(await house.Grains.User(Guid.Parse(key)).GetLogins().InTime(), login => login.IsOnline);
        await house.Grains.User(Guid.Parse(key)).EndLogin(login.Id).InTime();
        Assert.Equal(LoginState.Undefined, (await device.Revalidate())[^1].State);
        Assert.Empty(await Present(_room));
    }

    [Fact]
    public async Task AConnectionThatIsLostLeavesTheRoomAndComesBackToIt()
    {
        var (device, person) = await NewMember();
        await Enter(device, person, _room);
        var secret = await device.MakeResumable();
        await device.Disconnect();
        Assert.Empty(await Present(_room));
        var back = device.Reconnected("another gateway");
        Assert.True((await back.Resume(secret, after: 0)).Recovered);
        var entry = await back.Session.ReturnToRoom(back.Caller).InTime();
        Assert.Equal((Refusal.None, "another gateway"), (entry!.Refusal, entry.Member!.GatewayId));
        Assert.Equal([person.Name], await Present(_room));
    }

    [Fact]
    public async Task WhoeverWasBannedWhileAwayDoesNotComeBack()
    {
        var (device, person) = await NewMember();
        await Enter(device, person, _room);
        await device.MakeResumable();
        await device.Disconnect();
        await Ban(person);
        Assert.Equal(Refusal.Banned, (await device.Session.ReturnToRoom(device.Caller).InTime())!.Refusal);
    }

    private static Task<RoomEntry> Enter(Device device, Person person, string room) => device.Session
        .EnterRoom(device.Caller, new Credentials(person.Name, new Secret(person.Password)), room).InTime();

    /// <summary>A device that nobody is logged in on, and somebody who could.</summary>
    private async Task<(Device Device, Person Person)> NewMember(GatewayWatch? gateway = null)
    {
        var (_, person) = await house.NewUser();
        return (house.NewDevice(gateway: gateway?.Id), person);
    }

    private async Task Ban(Person person)
    {
        var root = await Talker.NewAdministrator(house, _room, "a gateway");
        await root.Join();
        Assert.Equal(
            ModerationOutcome.Done,
            await root.Room.Moderate(root.SessionId, new Moderation(ModerationKind.Ban, person.Name)).InTime());
        await root.Leave();
    }

    private async Task<UserDetails> Details(string key) => (await house.Grains.User(Guid.Parse(key)).GetDetails().InTime())!;

    private async Task<IEnumerable<string>> Present(string room) =>
        (await house.Grains.Room(room).GetMembers().InTime()).Listed.Select(member => member.Name).ToList();
}

/// <summary>A service whose rooms are open to guests.</summary>
public sealed class OpenRoomTests(OpenRoomTests.OpenHouse house) : IClassFixture<OpenRoomTests.OpenHouse>
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task ANicknameThatNobodyHasNeedsNoPasswordAndOneThatSomebodyHasDoes()
    {
        var (_, person) = await house.NewUser();
        var device = house.NewDevice();
        var entry = await Enter(device, "Passer-by", "whatever");
        Assert.Equal((Refusal.None, "Passer-by"), (entry.Refusal, entry.Member!.Name));
        Assert.Equal(LoginState.Guest, await device.State());
        Assert.Equal(Refusal.Password, (await Enter(house.NewDevice(), person.Name.ToUpperInvariant(), "guessed")).Refusal);
        Assert.Equal(person.Name, (await Enter(house.NewDevice(), person.Name, person.Password)).Member!.Name);
    }

    [Fact]
    public async Task AGuestMayTakeAnotherNicknameAndBecomeAUser()
    {
        var (_, person) = await house.NewUser();
        var device = house.NewDevice();
        await Enter(device, "first", "");
        Assert.Equal("second", (await Enter(device, "second", "")).Member!.Name);
        await Enter(device, person.Name, person.Password);
        Assert.Equal(LoginState.User, await device.State());
        Assert.Equal("third", (await Enter(device, "third", "")).Member!.Name);
        Assert.Equal(LoginState.Guest, await device.State());
        var members = await house.Grains.Room(_room).GetMembers().InTime();
        Assert.Equal(["third"], members.Listed.Select(member => member.Name));
    }

    private Task<RoomEntry> Enter(Device device, string name, string password) =>
        device.Session.EnterRoom(device.Caller, new Credentials(name, new Secret(password)), _room).InTime();

    public sealed class OpenHouse : House
    {
        protected override Dictionary<string, string?> Settings => new() { ["Gatehouse:Room:Open"] = "true" };
    }
}
