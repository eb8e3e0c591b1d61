using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;
using static Gatehouse.GrainInterfaces.Rooms.ModerationKind;
using static Gatehouse.GrainInterfaces.Rooms.ModerationOutcome;

namespace Gatehouse.Grains.Tests;

/// <summary>Who may do what to whom in a room, and what of it lasts.</summary>
public sealed class RoomModerationTests(House house) : IClassFixture<House>
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task EachLevelMayDoWhatItMay()
    {
        var (gateway, root, moderator, vip, user) = await Company();
        var other = new Talker(house, _room, gateway.Id, "Grace");
        await other.Join();

        foreach (var kind in new[] { Mute, Kick, Ban, Unban, Appoint })
        {
            Assert.Equal(NotAllowed, await user.Does(kind, other));
            Assert.Equal(NotAllowed, await vip.Does(kind, other));
            Assert.Equal(NotAllowed, await moderator.Does(kind, root));
            Assert.Equal(NotAllowed, await moderator.Does(kind, moderator));
            Assert.Equal(NotAllowed, await moderator.Does(kind, vip));
            Assert.Equal(NotAllowed, await root.Does(kind, root));
        }
        Assert.Equal(NotAllowed, await moderator.Does(Appoint, other, level: RoomLevel.Moderator));
        Assert.Equal(Done, await moderator.Does(Mute, other, TimeSpan.FromMinutes(1)));
        Assert.Equal(Done, await root.Does(Mute, vip, TimeSpan.FromMinutes(1)));
        Assert.Equal(Done, await root.Does(Kick, moderator));
        Assert.Equal(NotMember, await moderator.Does(Kick, other));
    }

    [Fact]
    public async Task AMuteHasAnEndAndSurvivesARestart()
    {
        var (_, root, moderator, _, user) = await Company();
        Assert.Equal(Done, await moderator.Does(Mute, user, TimeSpan.FromMinutes(10)));
        await IsMuted(TimeSpan.FromMinutes(10));

        await house.Restart();
        foreach (var talker in new[] { root, user }) await talker.Join();
        await IsMuted(TimeSpan.FromMinutes(10));
        await Passes(TimeSpan.FromMinutes(5));
        await IsMuted(TimeSpan.FromMinutes(5));
        await Passes(TimeSpan.FromMinutes(5));
        await user.Says("at last");

        Assert.Equal(Done, await root.Does(Mute, user, TimeSpan.FromDays(365)));
        await IsMuted(TimeSpan.FromDays(365));
        Assert.Equal(Done, await root.Does(Mute, user, TimeSpan.Zero));
        await user.Says("free");

        async Task Passes(TimeSpan time)
        {
            house.Time.Advance(time);
            // The gateway was silent for so long that they count as gone.
            foreach (var talker in new[] { root, user }) await talker.Join();
        }

        async Task IsMuted(TimeSpan about)
        {
            var reply = await user.Post("mmh");
            Assert.Equal(PostOutcome.Muted, reply.Outcome);
            Assert.InRange(reply.MutedFor, about - TimeSpan.FromMinutes(1), about);
        }
    }

    [Fact]
    public async Task ABanEndsEverySessionOfTheUserAndSurvivesARestart()
    {
        var (gateway, root, moderator, _, user) = await Company();
        var second = new Talker(house, _room, gateway.Id, user.Member.Name);
        await second.Join();
        Assert.Equal(Done, await moderator.Does(Ban, user, reason: "enough"));
        var removed = new[] { await gateway.Notices(RoomNoticeKind.Banned), await gateway.Notices(RoomNoticeKind.Banned) };
        Assert.Equal([user.SessionId, second.SessionId], removed.Select(notice => notice.SessionId));
        Assert.All(removed, notice => Assert.Equal("enough", notice.Text));
        Assert.Equal(PostOutcome.NotMember, (await user.Post("but")).Outcome);
        Assert.Equal(Refusal.Banned, (await user.Join()).Refusal);

        await house.Restart();
        var join = await root.Join();
        Assert.Equal(Refusal.Banned, (await user.Join()).Refusal);
        Assert.Equal(
            [user.SessionId], await user.Room.Restore(Talker.Heartbeat("another life", user), [user.Member]).InTime());
        Assert.Equal(Refusal.None, join.Refusal);
    }

    [Fact]
    public async Task ABanNeedsNobodyPresentAndFollowsTheAccount()
    {
        var (_, root, moderator, _, _) = await Company();
        var (device, person) = await house.NewUser();
        Assert.Equal(Done, await moderator.Room.Moderate(
            moderator.SessionId, new Moderation(Ban, person.Name.ToUpperInvariant())).InTime());
        var entry = await device.Session.EnterRoom(
            device.Caller, new Credentials(person.Name, new Secret(person.Password)), _room).InTime();
        Assert.Equal(Refusal.Banned, entry.Refusal);
        Assert.Equal(NotFound, await moderator.Room.Moderate(moderator.SessionId, new Moderation(Kick, person.Name)).InTime());

        Assert.Equal(Done, await root.Room.Moderate(root.SessionId, new Moderation(Unban, person.Name)).InTime());
        entry = await device.Session.EnterRoom(
            device.Caller, new Credentials(person.Name, new Secret(person.Password)), _room).InTime();
        Assert.Equal((Refusal.None, person.Name), (entry.Refusal, entry.Member!.Name));
        Assert.Equal(NotFound, await root.Room.Moderate(root.SessionId, new Moderation(Ban, "nobody has this name")).InTime());
    }

    [Fact]
    public async Task AKickedMemberMayComeBack()
    {
        var (gateway, _, moderator, _, user) = await Company();
        Assert.Equal(Done, await moderator.Does(Kick, user, reason: "think about it"));
        var notice = await gateway.Notices(RoomNoticeKind.Kicked);
        Assert.Equal((user.SessionId, "think about it"), (notice.SessionId, notice.Text));
        Assert.Equal(NotFound, await moderator.Does(Kick, user));
        Assert.Equal(Refusal.None, (await user.Join()).Refusal);
        await user.Says("thought");
    }

    [Fact]
    public async Task LevelsSurviveARestartAndCanBeTakenAgain()
    {
        var (_, root, moderator, vip, _) = await Company();
        await house.Restart();
        await root.Join();
        Assert.Equal((RoomLevel.Moderator, RoomLevel.Vip), ((await moderator.Join()).Level, (await vip.Join()).Level));
        Assert.Equal(Done, await root.Does(Appoint, moderator));
        Assert.Equal(RoomLevel.User, (await moderator.Join()).Level);
        Assert.Equal(NotAllowed, await moderator.Does(Kick, vip));
    }

    [Fact]
    public async Task AnAdministratorIsOneWhileAbsentAndWhateverWasDoneBeforeDoesNotHoldForThem()
    {
        var (_, _, moderator, _, _) = await Company();
        var other = await Talker.NewAdministrator(house, _room, moderator.Member.GatewayId);
        foreach (var kind in new[] { Mute, Ban }) Assert.Equal(NotAllowed, await moderator.Does(kind, other, TimeSpan.FromDays(365)));
        await Permit(other, "{}");
        foreach (var kind in new[] { Mute, Ban }) Assert.Equal(Done, await moderator.Does(kind, other, TimeSpan.FromDays(365)));
        Assert.Equal(Refusal.Banned, (await other.Join()).Refusal);
        await Permit(other, "{admin}");
        Assert.Equal((Refusal.None, RoomLevel.Admin), (await other.Join()) is var join ? (join.Refusal, join.Level) : default);
        await other.Says("not muted");
    }

    [Fact]
    public async Task AnAdministratorWhoIsOneNoMoreHasNoMoreSayInTheRoomThatTheyAreIn()
    {
        var (_, root, moderator, _, user) = await Company();
        await Permit(root, "{}");
        foreach (var kind in new[] { Mute, Kick, Ban, Unban, Appoint }) Assert.Equal(NotAllowed, await root.Does(kind, user));
        Assert.Equal(NotAllowed, await root.Room.DeleteMessage(root.SessionId, await user.Says("mine")).InTime());
        var members = await root.Room.GetMembers().InTime();
        Assert.Equal(RoomLevel.User, members.Listed.Single(member => member.Name == root.Member.Name).Level);
        Assert.Equal(Done, await moderator.Does(Kick, root));
    }

    [Fact]
    public async Task AModerationThatCouldNotBeStoredDoesNotCount()
    {
        var (_, root, _, _, user) = await Company();
        await house.Database.Execute("ALTER TABLE OrleansStorage RENAME TO OrleansStorageElsewhere");
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => root.Does(Ban, user));
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE OrleansStorageElsewhere RENAME TO OrleansStorage");
        }
        Assert.Equal(Refusal.None, (await user.Join()).Refusal);
    }

    private Task Permit(Talker talker, string permissions) => house.Database.Execute(
        $"UPDATE users SET permissions = '{permissions}' WHERE id = $1", Guid.Parse(talker.Member.Key));

    /// <summary>An administrator, a moderator, a VIP and a user, all in the room by one gateway.</summary>
    private async Task<(GatewayWatch Gateway, Talker Root, Talker Moderator, Talker Vip, Talker User)> Company()
    {
        var gateway = await GatewayWatch.Start(house);
        var root = await Talker.NewAdministrator(house, _room, gateway.Id);
        var (moderator, vip) = (new Talker(house, _room, gateway.Id, "Mo"), new Talker(house, _room, gateway.Id, "Vivian"));
        var user = new Talker(house, _room, gateway.Id, "Ada");
        foreach (var talker in new[] { root, moderator, vip, user }) await talker.Join();
        Assert.Equal(Done, await root.Does(Appoint, moderator, level: RoomLevel.Moderator));
        Assert.Equal(Done, await root.Does(Appoint, vip, level: RoomLevel.Vip));
        return (gateway, root, moderator, vip, user);
    }
}
