using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Gatehouse.Grains.Tests;

/// <summary>The messages of a room: one order, durable before anybody hears of them.</summary>
public sealed class RoomTests(House house) : IClassFixture<House>
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task AllGatewaysGetTheSameMessagesInTheOrderThatIsStored()
    {
        var gateways = new[] { await GatewayWatch.Start(house), await GatewayWatch.Start(house) };
        var talkers = Enumerable.Range(0, 8).Select(number => Talk(gateways[number % 2], $"talker {number}")).ToList();
        foreach (var talker in talkers) await talker.Join();

        var numbers = new ConcurrentBag<long>();
        await Task.WhenAll(talkers.Select(async talker =>
        {
            for (var talk = 0; talk < 50; talk++) numbers.Add(await talker.Says($"{talk}"));
        }));

        var heard = new[] { await gateways[0].Hears(400), await gateways[1].Hears(400) };
        Assert.Equal(heard[0].Select(GatewayWatch.Shown), heard[1].Select(GatewayWatch.Shown));
        Assert.Equal(heard[0].Select(message => message.Sequence), numbers.Order());
        Assert.Equal(heard[0].Select(message => message.Text()), await Stored("body"));
        foreach (var talker in talkers)
        {
            // What one member sends one after the other stays so.
            var own = heard[0].Where(message => message.Author == talker.Member.Key).Select(message => message.Text());
            Assert.Equal(Enumerable.Range(0, 50).Select(talk => Talker.Body($"{talk}")), own);
        }
    }

    [Fact]
    public async Task TheReplyBringsTheNewsToWhoPostsAndOthersArePushedTo()
    {
        var (posting, other) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var (ada, grace, edith) = (Talk(posting, "Ada"), Talk(posting, "Grace"), Talk(other, "Edith"));
        foreach (var talker in new[] { ada, grace, edith }) await talker.Join();
        var reply = await ada.Room.Post(posting.Id, [new(ada.SessionId, "{}"u8.ToArray()), new(grace.SessionId, "[]"u8.ToArray())]).InTime();
        Assert.Equal([1, 2], reply.Replies.Select(one => one.Sequence));
        Assert.Equal([1, 2], reply.News!.Messages.Select(message => message.Sequence));
        Assert.Equal([1, 2], (await other.Hears(2)).Select(message => message.Sequence));
        // What is pushed from now on continues from there.
        await edith.Says("and you?");
        RoomUpdate told;
        do told = await posting.Told();
        while (told.Messages.IsEmpty);
        Assert.Equal((2, 3), (told.Previous, Assert.Single(told.Messages).Sequence));
    }

    [Fact]
    public async Task EachOfManyThatComeTogetherGetsItsOwnAnswer()
    {
        var gateway = await GatewayWatch.Start(house);
        var root = await Talker.NewAdministrator(house, _room, gateway.Id);
        var (ada, muted, stranger) = (Talk(gateway, "Ada"), Talk(gateway, "Grace"), Talk(gateway, "Edith"));
        foreach (var talker in new[] { root, ada, muted }) await talker.Join();
        await root.Does(ModerationKind.Mute, muted, TimeSpan.FromHours(1));
        var reply = await ada.Room.Post(gateway.Id, [
            new(ada.SessionId, "{}"u8.ToArray()), new(muted.SessionId, "{}"u8.ToArray()), new(stranger.SessionId, "{}"u8.ToArray()),
            new(ada.SessionId, new byte[65_537]), new(ada.SessionId, "[]"u8.ToArray()), new(root.SessionId, "{}"u8.ToArray()),
        ]).InTime();
        Assert.Equal(
            [PostOutcome.Posted, PostOutcome.Muted, PostOutcome.NotMember, PostOutcome.TooLong, PostOutcome.Posted, PostOutcome.Posted],
            reply.Replies.Select(one => one.Outcome));
        Assert.InRange(reply.Replies[1].MutedFor, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.Equal(["{}", "[]", "{}"], reply.News!.Messages.Select(message => message.Text()));
    }

    [Fact]
    public async Task WhatIsSaidAgainByItsNonceIsSaidOnce()
    {
        var gateway = await GatewayWatch.Start(house);
        var (ada, grace) = (Talk(gateway, "Ada"), Talk(gateway, "Grace"));
        await ada.Join();
        await grace.Join();
        Assert.Equal([true, false, true, true], await Taken(new(ada.SessionId, "1"u8.ToArray(), "n"), new(ada.SessionId, "2"u8.ToArray(), "n"), new(ada.SessionId, "3"u8.ToArray(), "m"), new(grace.SessionId, "4"u8.ToArray(), "n")));
        Assert.Equal([false, true, true], await Taken(new(ada.SessionId, "5"u8.ToArray(), "n"), new(ada.SessionId, "6"u8.ToArray()), new(ada.SessionId, "7"u8.ToArray())));
        Assert.Equal(["1", "3", "4", "6", "7"], (await gateway.Hears(5)).Select(message => message.Text()));

        async Task<IEnumerable<bool>> Taken(params ImmutableArray<Posting> postings)
        {
            var answer = await ada.Room.Post(RandomId.New(), postings).InTime();
            Assert.All(answer.Replies, reply => Assert.Equal(PostOutcome.Posted, reply.Outcome));
            return answer.Replies.Select(reply => reply.Sequence > 0);
        }
    }

    [Fact]
    public async Task AMessageIsStoredBeforeAnybodyHearsOfIt()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = Talk(gateway);
        await talker.Join();
        await using var reader = await house.Database.Lock("room_messages", "ACCESS EXCLUSIVE");
        var posting = talker.Post("patience");
        // Whatever else the room has to tell comes through meanwhile.
        await talker.Room.Type(talker.SessionId, isTyping: true).InTime();
        while (await gateway.Told() is var update && !update.Notices.Any(notice => notice.Kind == RoomNoticeKind.Typing))
        {
            Assert.Empty(update.Messages);
        }
        Assert.Empty((await talker.Room.Read(0, 10).InTime()).Messages);
        Assert.False(posting.IsCompleted);

        await reader.DisposeAsync();
        Assert.Equal(PostOutcome.Posted, (await posting).Outcome);
        Assert.Equal(Talker.Body("patience"), Assert.Single(await gateway.Hears(1)).Text());
    }

    [Fact]
    public async Task ARoomThatNobodyIsInKeepsNothingInMemory()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = Talk(gateway);
        var join = await talker.Join();
        await talker.Says("stored");
        await house.Database.Execute("UPDATE room_messages SET body = '{}' WHERE room = $1", _room);
        Assert.Equal(Talker.Body("stored"), await Read());
        await talker.Leave();
        var waited = Stopwatch.StartNew();
        while (await Read() != "{}" && waited.Elapsed < TimeSpan.FromSeconds(20)) house.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("{}", await Read());
        Assert.Equal(join.Activation, (await talker.Join()).Activation);

        async Task<string> Read() => Assert.Single((await talker.Room.Read(0, 10).InTime()).Messages).Text();
    }

    [Fact]
    public async Task MessagesOfManyRoomsGoIntoFewStatements()
    {
        var gateway = await GatewayWatch.Start(house);
        var talkers = Enumerable.Range(0, 100).Select(number => new Talker(house, $"{_room} {number}", gateway.Id, "Ada")).ToList();
        await Task.WhenAll(talkers.Select(talker => talker.Join()));
        await Task.WhenAll(talkers.SelectMany(talker => Enumerable.Range(0, 10).Select(talk => talker.Says($"{talk}"))));

        // Each transaction has left its number in the rows that it added.
        var commits = await house.Database.Value<long>(
            "SELECT count(DISTINCT xmin::text) FROM room_messages WHERE room LIKE $1 || '%'", _room);
        Assert.InRange(commits, 1, 250);
        Assert.Equal(1000, await house.Database.Value<long>("SELECT count(*) FROM room_messages WHERE room LIKE $1 || '%'", _room));
    }

    [Fact]
    public async Task AStoreThatHasStoredALotCountsNothingAsWaiting()
    {
        var store = house.Host.Services.GetRequiredService<RoomMessageStore>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var number = 1; number <= 400; number++)
            {
                var message = new RoomMessage(number, house.Time.GetUtcNow(), "~ada", "{}"u8.ToArray());
                store.Expect(message);
                await store.Add($"{_room} {writer}", [message]);
            }
        }))).InTime();
        Assert.Equal(0, store.Waiting);
    }

    [Fact]
    public async Task ARoomThatIsActiveTwiceLosesItsSendersAndOtherRoomsInTheSameStatementDoNot()
    {
        var gateway = await GatewayWatch.Start(house);
        var (unlucky, lucky) = (Talk(gateway), new Talker(house, _room + " too", gateway.Id, "Grace"));
        await unlucky.Join();
        await lucky.Join();
        await unlucky.Says("first");
        await InsertByAnotherHand(sequence: 2);

        // While one statement is held up, both rooms' messages gather for the next.
        var stranger = new Talker(house, _room + " before", gateway.Id, "Edith");
        await stranger.Join();
        Task<PostReply> lost, kept;
        await using (await house.Database.Lock("room_messages", "SHARE"))
        {
            var held = stranger.Post("held up");
            await house.Database.SomebodyWaits();
            (lost, kept) = (unlucky.Post("second"), lucky.Post("second"));
            // The call that follows has found both on their way.
            await unlucky.Room.GetMembers().InTime();
            await lucky.Room.GetMembers().InTime();
        }
        await Assert.ThrowsAnyAsync<Exception>(() => lost);
        Assert.Equal(PostOutcome.Posted, (await kept).Outcome);

        // The next activation knows the number, but not who is there.
        var reply = await unlucky.Post("third");
        Assert.Equal(PostOutcome.NotMember, reply.Outcome);
        Assert.False((await unlucky.Room.Heartbeat(Talker.Heartbeat(reply.Activation, unlucky)).InTime()).IsInAgreement);
        Assert.Empty(await unlucky.Room.Restore(Talker.Heartbeat("the life before", unlucky), [unlucky.Member]).InTime());
        Assert.Equal(3, await unlucky.Says("third"));
        Assert.Equal([Talker.Body("first"), "{}", Talker.Body("third")], await Stored("body"));
    }

    [Fact]
    public async Task ARoomTakesNothingWhileTheDatabaseRefusesAndGoesOnAfterwards()
    {
        var gateway = await GatewayWatch.Start(house);
        var talker = Talk(gateway);
        var join = await talker.Join();
        await talker.Says("before");
        await house.Database.Execute("ALTER TABLE room_messages RENAME TO room_messages_elsewhere");
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => talker.Post("lost"));
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE room_messages_elsewhere RENAME TO room_messages");
        }
        await talker.Room.Restore(Talker.Heartbeat(join.Activation, talker), [talker.Member]).InTime();
        Assert.Equal(2, await talker.Says("after"));
        Assert.Equal([Talker.Body("before"), Talker.Body("after")], await Stored("body"));
    }

    [Fact]
    public async Task PagesGoForwardsFromANumberAndBackwardsFromTheNewest()
    {
        var talker = Talk(await GatewayWatch.Start(house));
        await talker.Join();
        for (var number = 1; number <= 7; number++) await talker.Says($"{number}");

        var (first, second) = (await talker.Room.Read(2, 3).InTime(), await talker.Room.Read(5, 3).InTime());
        Assert.Equal([3, 4, 5], Numbers(first));
        Assert.Equal((5, true), (first.Sequence, first.HasMore));
        Assert.Equal([6, 7], Numbers(second));
        Assert.Equal((7, false), (second.Sequence, second.HasMore));
        var (newest, oldest) = (await talker.Room.ReadBack(null, 5).InTime(), await talker.Room.ReadBack(3, 5).InTime());
        Assert.Equal([7, 6, 5, 4, 3], Numbers(newest));
        Assert.Equal([2, 1], Numbers(oldest));
        Assert.Equal((true, false), (newest.HasMore, oldest.HasMore));
        Assert.Empty((await talker.Room.Read(long.MaxValue, 5).InTime()).Messages);
        Assert.Empty((await talker.Room.ReadBack(long.MinValue, 5).InTime()).Messages);
        Assert.Equal(7, (await talker.Room.ReadBack(long.MaxValue, int.MaxValue).InTime()).Messages.Length);
        Assert.Equal([1, 2], Numbers(await talker.Room.Read(long.MinValue, 2).InTime()));
    }

    [Fact]
    public async Task ADeletedMessageIsReadNoMoreAndItsNumberIsNotGivenAgain()
    {
        var gateway = await GatewayWatch.Start(house);
        var (talker, other) = (Talk(gateway, "Ada"), Talk(gateway, "Grace"));
        await talker.Join();
        await other.Join();
        await talker.Says("one");
        var number = await talker.Says("two");
        Assert.Equal(ModerationOutcome.NotAllowed, await other.Room.DeleteMessage(other.SessionId, number).InTime());
        Assert.Equal(ModerationOutcome.Done, await talker.Room.DeleteMessage(talker.SessionId, number).InTime());
        Assert.Equal(number, (await gateway.Notices(RoomNoticeKind.MessageDeleted)).Sequence);
        Assert.Equal([1], Numbers(await talker.Room.Read(0, 10).InTime()));
        Assert.Equal([1], Numbers(await talker.Room.ReadBack(null, 10).InTime()));

        await house.Restart();
        await talker.Join();
        Assert.Equal(3, await talker.Says("three"));
        Assert.Equal([1, 3], Numbers(await talker.Room.Read(0, 10).InTime()));
    }

    [Fact]
    public async Task OldMessagesAreRemovedAndTheNewestOfEachRoomStays()
    {
        var talker = Talk(await GatewayWatch.Start(house));
        await talker.Join();
        for (var number = 1; number <= 3; number++) await talker.Says($"{number}");
        await house.Database.Execute(
            "UPDATE room_messages SET sent_at = $2 WHERE room = $1", _room, house.Time.GetUtcNow() - TimeSpan.FromDays(31));
        await talker.Says("new");
        await Sweep();
        Assert.Equal([Talker.Body("new")], await Stored("body"));

        await house.Database.Execute(
            "UPDATE room_messages SET sent_at = $2 WHERE room = $1", _room, house.Time.GetUtcNow() - TimeSpan.FromDays(31));
        await Sweep();
        Assert.Equal([Talker.Body("new")], await Stored("body"));
        await house.Restart();
        await talker.Join();
        Assert.Equal(5, await talker.Says("goes on"));
    }

    [Fact]
    public async Task ATooLongMessageIsRefused()
    {
        var talker = Talk(await GatewayWatch.Start(house));
        await talker.Join();
        Assert.Equal(PostOutcome.TooLong, (await talker.Post(new string('x', 65_536))).Outcome);
        Assert.Equal(1, await talker.Says(new string('x', 65_000)));
    }

    private static IEnumerable<long> Numbers(RoomPage page) => [.. page.Messages.Select(message => message.Sequence)];

    private Task Sweep() => ActivatorUtilities.CreateInstance<Housekeeping>(house.Host.Services).Sweep().InTime();

    private Talker Talk(GatewayWatch gateway, string name = "Ada") => new(house, _room, gateway.Id, name);

    private Task<List<string>> Stored(string column) =>
        house.Database.Values<string>($"SELECT {column} FROM room_messages WHERE room = $1 ORDER BY sequence", _room);

    private Task<int> InsertByAnotherHand(long sequence) => house.Database.Execute(
        "INSERT INTO room_messages VALUES ($1, $2, now(), '~somebody', '{}')", _room, sequence);
}
