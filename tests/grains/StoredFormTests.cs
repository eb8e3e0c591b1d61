using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Tests.Support;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Grains.Tests;

/// <summary>
/// The stored form of a session and of a room, to the byte: what every earlier version has written must be read, and what this
/// one writes, by the one before. Whoever changes what is expected here changes what is in people's databases.
/// </summary>
public sealed class StoredFormTests(House house) : IClassFixture<House>
{
    [Fact]
    public async Task ALoggedInSessionIsOneRowOfJson()
    {
        var device = house.NewDevice();
        var guest = await device.LogInAsGuest().Succeeds();
        await device.MakeResumable();
        var person = Person.New();
        await device.Upgrade(person).Succeeds();

        Assert.Equal(
            $$$"""
            {"Login":"User","UserId":"{{{guest.UserId}}}","UserName":"{{{person.Name}}}","TokenId":"{{{guest.Token!.Id}}}",
            "SecretHash":"<hash>","Sequence":2,"Outbox":[
            {"Sequence":1,"Kind":"BecameGuest","State":"Guest","UserId":"{{{guest.UserId}}}","UserName":"{{{guest.UserName}}}",
            "Token":{"Id":"{{{guest.Token.Id}}}","UserId":"{{{guest.UserId}}}","IssuedAt":"{{{Time(guest.Token.IssuedAt)}}}",
            "ExpiresAt":"{{{Time(guest.Token.ExpiresAt)}}}"}},
            {"Sequence":2,"Kind":"Upgraded","State":"User","UserId":"{{{guest.UserId}}}","UserName":"{{{person.Name}}}"}],
            "Connections":{"{{{device.Caller.ConnectionId}}}":"{{{device.Caller.GatewayId}}}"},
            "IdleWindow":"00:02:00","Protocol":"session"}
            """.ReplaceLineEndings(""),
            WithoutHash(Assert.Single(await house.StoredSession(device.SessionId))));
    }

    [Fact]
    public async Task ASessionThatLostItsConnectionSaysWhen()
    {
        var device = await house.NewGuest();
        await device.MakeResumable();
        await device.Disconnect();
        var stored = Assert.Single(await house.StoredSession(device.SessionId));
        Assert.Matches("""
            "Connections":\{\},"DetachedAt":"2026-01-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00","IdleWindow":"00:02:00","Protocol":"session"\}$
            """.Trim(), stored);
    }

    [Fact]
    public async Task TheRowIsFoundByServiceStateNameAndKey()
    {
        var device = await house.NewGuest();
        Assert.Equal("gatehouse|session|0|0|1", await house.Database.Value<string>(
            """
            SELECT concat_ws('|', ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, Version)
            FROM OrleansStorage WHERE GrainIdExtensionString = $1
            """,
            "session/" + device.SessionId));
        await device.MakeResumable();
        Assert.Equal(2, await house.Database.Value<int>(
            "SELECT version FROM grain_state WHERE state_name = 'session' AND grain_key = $1", "session/" + device.SessionId));
    }

    [Fact]
    public async Task ARowOfAnOlderVersionLacksFieldsAndIsRead()
    {
        var device = house.NewDevice();
        var (userId, token) = await SignedIn(device);
        await Store(device, $$"""{"Login":"Guest","UserId":"{{userId}}","TokenId":"{{token.Id}}","Sequence":7}""");
        Assert.Equal(LoginState.Guest, await device.State());
        Assert.Empty(await device.Revalidate());
        var loggedOut = await device.LogOut().Succeeds();
        Assert.Equal(8, loggedOut.Sequence);
    }

    [Fact]
    public async Task ARowOfANewerVersionHasUnknownFieldsAndIsRead()
    {
        var device = house.NewDevice();
        var (userId, token) = await SignedIn(device);
        await Store(device, $$"""
            {"Hat":{"Size":[57,"L"]},"Login":"Guest","UserId":"{{userId}}","TokenId":"{{token.Id}}","Sequence":1,"Outbox":[
            {"Sequence":1,"Kind":"BecameGuest","State":"Guest","UserName":"guest-1","Mood":"fine"}],
            "Connections":{"one":"gateway"},"Until":null}
            """);
        var entry = Assert.Single(await device.Revalidate());
        Assert.Equal((SessionEventKind.BecameGuest, "guest-1"), (entry.Kind, entry.UserName));
        await device.LogOut().Succeeds();
        Assert.Empty(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task ModerationOfARoomIsOneRowOfJson()
    {
        var room = RandomId.New();
        var root = await Talker.NewAdministrator(house, room, RandomId.New());
        await root.Join();
        foreach (var (name, kind) in new[] { ("Ada", ModerationKind.Mute), ("Eve", ModerationKind.Ban), ("Grace", ModerationKind.Appoint) })
        {
            var talker = new Talker(house, room, root.Member.GatewayId, name);
            await talker.Join();
            Assert.Equal(ModerationOutcome.Done, await root.Does(kind, talker, TimeSpan.FromDays(1), "spam", RoomLevel.Moderator));
        }
        var stored = Assert.Single(await house.Stored("room", "room/" + room));
        Assert.Matches("""^\{"Levels":\{"~grace":1\},"Mutes":\{"~ada":"2026-[^"]*\+00:00"\},"Bans":\{"~eve":"spam"\}\}$""", stored);
    }

    [Fact]
    public async Task ARowOfARoomFromBeforeIsRead()
    {
        var room = RandomId.New();
        await Store("room", "room/" + room, """
            {"Topic":"tea","Levels":{"~grace":1},"Mutes":{"~ada":"2199-01-01T00:00:00+00:00"},"Bans":{"~eve":"spam"}}
            """);
        var (grace, ada, eve) = (Talker("Grace"), Talker("Ada"), Talker("Eve"));
        Assert.Equal(RoomLevel.Moderator, (await grace.Join()).Level);
        Assert.Equal(Refusal.Banned, (await eve.Join()).Refusal);
        await ada.Join();
        Assert.Equal(PostOutcome.Muted, (await ada.Post("let me")).Outcome);

        Talker Talker(string name) => new(house, room, "gateway", name);
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz");

    private static string WithoutHash(string json)
    {
        const string Field = "\"SecretHash\":\"";
        var from = json.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        return json[..from] + "<hash>" + json[json.IndexOf('"', from)..];
    }

    /// <summary>A sign-in for a session that has no row yet.</summary>
    private async Task<(Guid UserId, IssuedToken Token)> SignedIn(Device device)
    {
        var signIn = await house.Host.Services.GetRequiredService<GuestStore>()
            .Register(new(device.SessionId, "session", [device.Caller.GatewayId])).InTime();
        return (signIn.UserId, signIn.Token);
    }

    private Task Store(Device device, string json) => Store("session", "session/" + device.SessionId, json);

    private Task Store(string state, string key, string json) => house.Database.Execute(
        """
        INSERT INTO OrleansStorage
            (ServiceId, GrainTypeString, GrainIdExtensionString, GrainIdN0, GrainIdN1, Version, ModifiedOn, PayloadBinary)
        VALUES ('gatehouse', $1, $2, 0, 0, 1, now(), $3)
        """,
        state, key, Encoding.UTF8.GetBytes(json));
}
