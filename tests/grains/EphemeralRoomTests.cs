using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Rooms whose messages are not stored.</summary>
public sealed class EphemeralRoomTests(EphemeralRoomTests.EphemeralHouse house) : IClassFixture<EphemeralRoomTests.EphemeralHouse>
{
    private readonly string _room = "live-" + RandomId.New();

    [Fact]
    public async Task TheNextLifeOfARoomGoesOnAboveTheLast()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        var join = await talker.Join();
        var first = await talker.Says("one");
        Assert.Equal((join.Sequence + 1, first + 1), (first, await talker.Says("two")));
        Assert.Equal(2, (await gateway.Hears(2)).Count);

        await house.Restart();
        Assert.True((await talker.Join()).Sequence > first + 1);
        Assert.True(await talker.Says("three") > first + 1);
        Assert.Equal(0, await house.Database.Value<long>("SELECT count(*) FROM room_messages WHERE room = $1", _room));
    }

    [Fact]
    public async Task AnEphemeralRoomHasNoHistoryButAGatewayReadsWhatItMissed()
    {
        var talker = new Talker(house, _room, (await GatewayWatch.Start(house)).Id, "Ada");
        var join = await talker.Join();
        foreach (var text in new[] { "one", "two", "three" }) await talker.Says(text);
        Assert.Empty((await talker.Room.ReadBack(null, 10).InTime()).Messages);
        Assert.Equal(3, (await talker.Room.Read(join.Sequence, 10).InTime()).Messages.Length);
    }

    [Fact]
    public async Task AGatewayThatCouldNotTakeEverythingSeesThatSomeIsMissing()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        var seen = (await talker.Join()).Sequence;
        var busy = new TaskCompletionSource();
        gateway.Readiness = busy.Task;
        await talker.Says("keeps the gateway busy");
        seen = (await NextMessages()).Messages[^1].Sequence;
        await Task.WhenAll(Enumerable.Range(0, 6000).Select(number => talker.Says($"{number}")));
        busy.SetResult();

        // What it is told hangs together; where it does not, the update says so.
        RoomUpdate update;
        var last = 0L;
        do
        {
            update = await NextMessages();
            if (last == 0) last = await talker.Says("the last");
            if (update.Previous <= seen) Assert.Equal(seen + update.Messages.Length, update.Messages[^1].Sequence);
            seen = update.Messages[^1].Sequence;
        }
        while (seen < last);

        async Task<RoomUpdate> NextMessages()
        {
            while (true)
            {
                if (await gateway.Told() is { Messages.IsEmpty: false } told) return told;
            }
        }
    }

    public sealed class EphemeralHouse : House
    {
        protected override Dictionary<string, string?> Settings => new() { ["Gatehouse:Room:Ephemeral:0"] = "live-*" };
    }
}
