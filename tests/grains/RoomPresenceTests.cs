using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Who is in a room: true by the leases of the gateways.</summary>
public sealed class RoomPresenceTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly string _room = RandomId.New();

    [Fact]
    public async Task MembersAreEachUserOnceThoseWithTheMostSayFirst()
    {
        var gateway = await GatewayWatch.Start(house);
        var ada = Talk(gateway, "Ada");
        var root = await Talker.NewAdministrator(house, _room, gateway.Id);
        var talkers = new[] { Talk(gateway, "Zoe"), ada, Talk(gateway, "Ada"), root };
        foreach (var talker in talkers) await talker.Join();
        await ada.Join();
        Assert.Equal([$"{root.Member.Name} 0", "Ada 3", "Zoe 3"], await Present());
        await ada.Leave();
        await ada.Leave();
        Assert.Equal([$"{root.Member.Name} 0", "Ada 3", "Zoe 3"], await Present());
        await talkers[2].Leave();
        Assert.Equal([$"{root.Member.Name} 0", "Zoe 3"], await Present());
    }

    [Fact]
    public async Task AGatewayThatFallsSilentHasNoMembersAnyMore()
    {
        var (alive, silent) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var (stays, goes) = (Talk(alive, "Ada"), Talk(silent, "Grace"));
        var join = await stays.Join();
        await goes.Join();
        await alive.Notices(RoomNoticeKind.MembersChanged);

        await SilenceOf(goes, stays, join.Activation);
        await alive.Notices(RoomNoticeKind.MembersChanged);
        Assert.Equal(["Ada 3"], await Present());
        Assert.Equal(PostOutcome.NotMember, (await goes.Post("anybody there?")).Outcome);
    }

    [Fact]
    public async Task AGatewayThatWasOnlySilentGetsItsMembersBack()
    {
        var (alive, silent) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var (stays, goes, comes) = (Talk(alive, "Ada"), Talk(silent, "Grace"), Talk(silent, "Edith"));
        var join = await stays.Join();
        await goes.Join();
        await alive.Notices(RoomNoticeKind.MembersChanged);
        await SilenceOf(goes, stays, join.Activation);
        await alive.Notices(RoomNoticeKind.MembersChanged);

        // Somebody may even come in by that gateway before it gives its sign of life.
        await comes.Join();
        var heartbeat = Talker.Heartbeat(join.Activation, goes, comes);
        Assert.False((await goes.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
        Assert.Empty(await goes.Room.Restore(heartbeat, [goes.Member, comes.Member]).InTime());
        Assert.True((await goes.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
        Assert.Equal(["Ada 3", "Edith 3", "Grace 3"], await Present());
        await goes.Says("here again");
    }

    [Fact]
    public async Task ARoomsNewLifeLearnsItsMembersFromTheGateways()
    {
        var gateway = await GatewayWatch.Start(house);
        var (ada, grace) = (Talk(gateway, "Ada"), Talk(gateway, "Grace"));
        var former = await ada.Join();
        await grace.Join();
        await ada.Says("before");

        await house.Restart();
        var reply = await ada.Post("lost");
        Assert.Equal(PostOutcome.NotMember, reply.Outcome);
        Assert.NotEqual(former.Activation, reply.Activation);
        var renewal = await ada.Room.Heartbeat(Talker.Heartbeat(former.Activation, ada, grace)).InTime();
        Assert.Equal((reply.Activation, 1, false), (renewal.Activation, renewal.Sequence, renewal.IsInAgreement));
        Assert.Empty(await ada.Room.Restore(Talker.Heartbeat(former.Activation, ada, grace), [ada.Member, grace.Member]).InTime());
        Assert.True((await ada.Room.Heartbeat(Talker.Heartbeat(reply.Activation, ada, grace)).InTime()).IsInAgreement);
        Assert.Equal(2, await grace.Says("after"));
    }

    [Fact]
    public async Task AGatewayIsToldWhomTheRoomHasLetGo()
    {
        var gateway = await GatewayWatch.Start(house);
        var (ada, grace) = (Talk(gateway, "Ada"), Talk(gateway, "Grace"));
        var join = await ada.Join();
        await grace.Join();
        await grace.Leave();
        var heartbeat = Talker.Heartbeat(join.Activation, ada, grace);
        Assert.False((await ada.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
        Assert.Equal([grace.SessionId], await ada.Room.Restore(heartbeat, [ada.Member, grace.Member]).InTime());
    }

    [Fact]
    public async Task AMemberThatItsGatewayNeverNamesIsForgotten()
    {
        var gateway = await GatewayWatch.Start(house);
        var (ada, ghost) = (Talk(gateway, "Ada"), Talk(gateway, "Ghost"));
        var join = await ada.Join();
        await ghost.Join();
        var heartbeat = Talker.Heartbeat(join.Activation, ada);
        Assert.False((await ada.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
        await ada.Room.Restore(heartbeat, [ada.Member]).InTime();
        // It may be on its way to the gateway.
        Assert.Equal(["Ada 3", "Ghost 3"], await Present());

        house.Time.Advance(Lease / 2);
        Assert.False((await ada.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
        await ada.Room.Restore(heartbeat, [ada.Member]).InTime();
        Assert.Equal(["Ada 3"], await Present());
        Assert.True((await ada.Room.Heartbeat(heartbeat).InTime()).IsInAgreement);
    }

    [Fact]
    public async Task AMemberWhoComesByAnotherGatewayIsThereOnce()
    {
        var (one, other) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var talker = Talk(one, "Ada");
        var join = await talker.Join();
        await talker.Room.Join(talker.Member with { GatewayId = other.Id }).InTime();
        Assert.False((await talker.Room.Heartbeat(Talker.Heartbeat(join.Activation, talker)).InTime()).IsInAgreement);
        Assert.Equal(["Ada 3"], await Present());
        await talker.Says("on the other gateway");
        Assert.Single(await other.Hears(1));
    }

    [Fact]
    public async Task TypingIsShownUnlessWhoTypesIsMutedOrNoMember()
    {
        var gateway = await GatewayWatch.Start(house);
        var (ada, stranger) = (Talk(gateway, "Ada"), Talk(gateway, "Eve"));
        var root = await Talker.NewAdministrator(house, _room, gateway.Id);
        await root.Join();
        await ada.Join();
        await ada.Room.Type(ada.SessionId, isTyping: true).InTime();
        Assert.Equal((ada.SessionId, "Ada"), await Typing(RoomNoticeKind.Typing));
        await ada.Room.Type(ada.SessionId, isTyping: false).InTime();
        Assert.Equal((ada.SessionId, "Ada"), await Typing(RoomNoticeKind.StoppedTyping));

        Assert.Equal(ModerationOutcome.Done, await root.Does(ModerationKind.Mute, ada, TimeSpan.FromMinutes(1)));
        await ada.Room.Type(ada.SessionId, isTyping: true).InTime();
        await stranger.Room.Type(stranger.SessionId, isTyping: true).InTime();
        await root.Room.Type(root.SessionId, isTyping: true).InTime();
        Assert.Equal((root.SessionId, root.Member.Name), await Typing(RoomNoticeKind.Typing));

        async Task<(string, string)> Typing(RoomNoticeKind kind)
        {
            var notice = await gateway.Notices(kind);
            return (notice.SessionId, notice.Text);
        }
    }

    private Talker Talk(GatewayWatch gateway, string name) => new(house, _room, gateway.Id, name);

    /// <summary>The clock goes on over a lease; of these gateways only one gives signs of life.</summary>
    private async Task SilenceOf(Talker silent, Talker alive, string activation)
    {
        for (var passed = TimeSpan.Zero; passed < 2 * Lease; passed += Lease / 3)
        {
            house.Time.Advance(Lease / 3);
            await alive.Room.Heartbeat(Talker.Heartbeat(activation, alive)).InTime();
        }
        Assert.NotEqual(silent.Member.GatewayId, alive.Member.GatewayId);
    }

    private async Task<IEnumerable<string>> Present()
    {
        var members = await house.Grains.Room(_room).GetMembers().InTime();
        Assert.Equal(members.Total, members.Listed.Length);
        return members.Listed.Select(member => $"{member.Name} {(int)member.Level}").ToList();
    }
}
