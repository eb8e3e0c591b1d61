using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Rooms whose messages are not stored.</summary>
public sealed class EphemeralRoomTests(EphemeralRoomTests.EphemeralHouse house) : IClassFixture<EphemeralRoomTests.EphemeralHouse>
{
    private const int Total = 3 * 1024 * 1024;

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
    public async Task WhatIsSaidAgainByItsNonceIsSaidOnce()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        await talker.Join();
        await talker.Room.Post(RandomId.New(), [new(talker.SessionId, "1"u8.ToArray(), "n"), new(talker.SessionId, "2"u8.ToArray(), "n")]).InTime();
        var again = await talker.Room.Post(RandomId.New(), [new(talker.SessionId, "3"u8.ToArray(), "n"), new(talker.SessionId, "4"u8.ToArray(), "m")]).InTime();
        Assert.Equal([true, false], again.Replies.Select(reply => reply is { Outcome: PostOutcome.Posted, Sequence: 0 }));
        Assert.Equal(["1", "4"], (await gateway.Hears(2)).Select(message => message.Text()));
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
        while (await gateway.Told() is var told && (told.Messages.IsEmpty || (seen = told.Messages[^1].Sequence) == 0)) { }
        await Task.WhenAll(Enumerable.Range(0, 6000).Select(number => talker.Says($"{number}")));
        busy.SetResult();

        // What it is told hangs together; where it does not, an update says so, and where to.
        var (last, missing) = (0L, 0L);
        do
        {
            var update = await gateway.Told();
            if (last == 0) last = await talker.Says("the last");
            missing += Math.Max(0, update.Previous - seen);
            seen = Math.Max(seen, update.Previous);
            if (update.Messages is not [.., var newest]) continue;
            Assert.Equal(seen + update.Messages.Length, newest.Sequence);
            seen = newest.Sequence;
        }
        while (seen < last);
        Assert.InRange(missing, 1, 6000 - 4096 + 1);
    }

    [Fact]
    public async Task WhatGathersForABusyGatewayFitsIntoAQueue()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        var seen = (await talker.Join()).Sequence;
        var busy = new TaskCompletionSource();
        gateway.Readiness = busy.Task;
        await talker.Says("keeps the gateway busy");
        for (var number = 0; number < 100; number++) await talker.Says(new string('x', 50_000));
        busy.SetResult();
        var newest = await talker.Says("the last");
        while (seen < newest)
        {
            var update = await gateway.Told();
            Assert.InRange(update.Messages.Sum(message => message.Size()), 0, 1024 * 1024);
            seen = Math.Max(update.Previous, update.Messages is [.., var last] ? last.Sequence : 0);
        }
    }

    [Fact]
    public async Task ARoomRemembersAndGivesSoManyBytes()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = new Talker(house, _room, gateway.Id, "Ada");
        var seen = (await talker.Join()).Sequence;
        for (var number = 0; number < 100; number++) await talker.Says(new string('x', 50_000));
        var page = await house.Grains.Room(_room).Read(seen, 1000).InTime();
        Assert.False(page.IsWhole);
        Assert.InRange(page.Messages.Sum(message => message.Size()), 500_000, 1024 * 1024);
        Assert.Null(await house.Grains.Room(_room).FindEndOfReplay(seen, 1000, long.MaxValue).InTime());
        var kept = page.Messages[0].Sequence;
        Assert.Equal(page.Sequence, await house.Grains.Room(_room).FindEndOfReplay(kept, 1000, long.MaxValue).InTime());
    }

    [Fact]
    public async Task AllRoomsTogetherRememberSoManyBytesTheNewestFirst()
    {
        var gateway = await GatewayWatch.Start(house);
        var pages = new List<Func<Task<RoomPage>>>();
        for (var number = 0; number < 8; number++)
        {
            var talker = new Talker(house, _room + number, gateway.Id, "Ada");
            var seen = (await talker.Join()).Sequence;
            for (var message = 0; message < 9; message++) await talker.Says(new string('x', 50_000));
            pages.Add(() => talker.Room.Read(seen, 1000).InTime());
        }
        var remembered = await Task.WhenAll(pages.Select(read => read()));
        Assert.True(remembered[^1].IsWhole);
        Assert.False(remembered[0].IsWhole);
        Assert.InRange(remembered.Sum(page => page.Messages.Sum(message => message.Size())), 1_000_000, Total);
    }

    public sealed class EphemeralHouse : House
    {
        protected override Dictionary<string, string?> Settings => new()
        {
            ["Gatehouse:Room:Ephemeral:0"] = "live-*",
            ["Gatehouse:Room:RecentTotal"] = $"{Total}",
        };
    }
}
