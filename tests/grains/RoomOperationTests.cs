using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>What operators see of rooms, mailboxes and processes, and what they do to rooms.</summary>
public sealed class RoomOperationTests(House house) : IClassFixture<House>
{
    private static readonly Operator Somebody = new(Guid.CreateVersion7(), "Opal", "192.0.2.7");

    private readonly string _room = "room/" + RandomId.New();

    [Fact]
    public async Task AClosedRoomSendsItsMembersAwayAndLetsNobodyInUntilItIsOpened()
    {
        var (gateway, talker) = await Talking();
        Assert.Equal(OperatorOutcome.Done, await talker.Room.Close(Somebody, "renovation").InTime());
        Assert.Equal(new RoomNotice(RoomNoticeKind.Kicked, talker.SessionId, "renovation"), await gateway.Notices(RoomNoticeKind.Kicked));
        Assert.Equal(Refusal.Closed, (await talker.Join()).Refusal);
        await house.Restart();
        Assert.Equal(new RoomSummary(_room, 0, false, "renovation"), await talker.Room.Inspect().InTime());
        Assert.Equal(Refusal.Closed, (await talker.Join()).Refusal);
        Assert.Equal([talker.SessionId], await talker.Room.Restore(Talker.Heartbeat("another life", talker), [talker.Member]).InTime());
        Assert.Equal(OperatorOutcome.Done, await talker.Room.Open(Somebody).InTime());
        Assert.Equal(Refusal.None, (await talker.Join()).Refusal);
        Assert.Equal([("open", ""), ("close", "renovation")], (await Log()).Select(entry => (entry.Act.Action, entry.Act.Detail)));
    }

    [Fact]
    public async Task ADeletedRoomHasNoMessagesAndGoesOnAboveTheLast()
    {
        var (gateway, talker) = await Talking();
        await talker.Says("one");
        var last = await talker.Says("two");
        Assert.Equal(OperatorOutcome.Done, await talker.Room.Delete(Somebody).InTime());
        Assert.Equal(talker.SessionId, (await gateway.Notices(RoomNoticeKind.Kicked)).SessionId);
        Assert.Empty((await talker.Room.ReadBack(null, 10).InTime()).Messages);
        Assert.Empty((await talker.Room.Read(0, 10).InTime()).Messages);
        await house.Restart();
        await talker.Join();
        Assert.True(await talker.Says("three") > last);
        Assert.Equal(["delete_room"], (await Log()).Select(entry => entry.Act.Action));
    }

    [Fact]
    public async Task AMessageIsDeletedOnceAndSomebodyIsMutedByOperatorsWhoAreNotThere()
    {
        var (_, talker) = await Talking();
        var (kept, deleted) = (await talker.Says("good"), await talker.Says("bad"));
        Assert.Equal(OperatorOutcome.Done, await talker.Room.RemoveMessage(Somebody, deleted).InTime());
        Assert.Equal(OperatorOutcome.NotFound, await talker.Room.RemoveMessage(Somebody, deleted).InTime());
        Assert.Equal([kept], (await talker.Room.ReadBack(null, 10).InTime()).Messages.Select(message => message.Sequence));
        Assert.Equal(OperatorOutcome.NotFound, await talker.Room.Mute(Somebody, "nobody is called so", TimeSpan.FromMinutes(1)).InTime());
        Assert.Equal(OperatorOutcome.Done, await talker.Room.Mute(Somebody, talker.Member.Name, TimeSpan.FromMinutes(1)).InTime());
        Assert.Equal(PostOutcome.Muted, (await talker.Post("more")).Outcome);
        Assert.Equal(OperatorOutcome.Done, await talker.Room.Mute(Somebody, talker.Member.Name, TimeSpan.Zero).InTime());
        await talker.Says("sorry");
        Assert.Equal(
            ["unmute Done", "mute Done", "mute NotFound", "delete_message NotFound", "delete_message Done"],
            (await Log()).Select(entry => $"{entry.Act.Action} {entry.Outcome}"));
    }

    [Fact]
    public async Task RoomsAreListedBySizeAndByName()
    {
        var (gateway, talker) = await Talking();
        await talker.Says("here");
        var (large, second) = (_room + "/large", new Talker(house, _room + "/large", gateway.Id, "Mary"));
        await second.Join();
        await new Talker(house, large, gateway.Id, "Anne").Join();
        await second.Says("here too");
        var directory = house.Grains.RoomDirectory();
        Assert.Equal(
            [(large, 2), (_room, 1)],
            (await directory.GetLargest(200).InTime()).Where(room => room.Name.StartsWith(_room, StringComparison.Ordinal))
                .Select(room => (room.Name, room.Sessions)));
        var first = await directory.List(_room, "", limit: 1).InTime();
        Assert.Equal([_room], first.Names);
        Assert.True(first.HasMore);
        Assert.Equal([large], (await directory.List(_room, _room, limit: 1).InTime()).Names);
        Assert.False((await directory.List(_room, _room, limit: 1).InTime()).HasMore);
    }

    [Fact]
    public async Task MailboxesInWhichSomethingWaitsAreListed()
    {
        var gadgets = new List<Gadget>();
        for (var number = 0; number < 4; number++) gadgets.Add(await Gadget.Register(house, number % 2 == 0 ? ClientKind.Client : ClientKind.Node));
        var first = (await gadgets[0].Send(gadgets[1], "1234")).QueueId;
        await gadgets[0].Send(gadgets[1], "56");
        await gadgets[0].Send(gadgets[3], "7");
        var page = await house.Grains.ClientDirectory().ListMailboxes(gadgets[0].Id, limit: 1).InTime();
        var mailbox = Assert.Single(page.Mailboxes);
        Assert.Equal((gadgets[1].Id, 2, 6, first, false), (mailbox.ClientId, mailbox.Rows, mailbox.Size, mailbox.OldestId, mailbox.IsOnline));
        Assert.True(page.HasMore);
        var rest = await house.Grains.ClientDirectory().ListMailboxes(gadgets[2].Id, limit: 1).InTime();
        Assert.Equal([gadgets[3].Id], rest.Mailboxes.Select(one => one.ClientId));
    }

    [Fact]
    public async Task TheClusterTellsOfItsProcessesAndItsDatabase()
    {
        var gateway = await GatewayWatch.Start(house);
        await house.NewDevice(gateway: gateway.Id).LogInAsGuest().Succeeds();
        var status = await house.Grains.Cluster().GetStatus().InTime();
        var shown = Assert.Single(status.Gateways, one => one.Id == gateway.Id);
        Assert.Equal("gatehouse_watches", Assert.Single(shown.Figures!.Value).Name);
        Assert.True(Assert.Single(status.Silos).Activations > 0);
        Assert.True(status.Database is { Size: > 0, Connections: > 0, OnlineUsers: > 0, Sessions: > 0 });
    }

    private async Task<(GatewayWatch Gateway, Talker Talker)> Talking()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        await talker.Join();
        return (gateway, talker);
    }

    private async Task<IEnumerable<AuditEntry>> Log() => (await house.Grains.Audit().Read(null, "room/" + _room, null, 100).InTime()).Entries;
}
