using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Tests;

/// <summary>What rooms remember is bounded for each, and for all.</summary>
public sealed class RecentMessagesTests
{
    private static readonly int Size = Message(1).Size();

    private readonly RecentMessagesBudget _budget = new(8 * Size);

    [Fact]
    public void RoomForgetsTheOldestOfTooMany()
    {
        using var room = NewRoom(maxMessages: 3);
        Add(room, 1, 5);
        Assert.Equal([3, 4, 5], Numbers(room, 2));
        Assert.Equal([3, 4, 5], Numbers(room, 0, isWhole: false));
        Assert.Equal([4, 5], Numbers(room, 3));
    }

    [Fact]
    public void RoomsThatWereNotNeededForLongestForgetFirst()
    {
        using RecentMessages first = NewRoom(), second = NewRoom(), third = NewRoom();
        Add(first, 1, 4);
        Add(second, 1, 4);
        Numbers(first, 0);
        Add(third, 1, 2);
        Assert.Equal([1, 2, 3, 4], Numbers(first, 0));
        Assert.Empty(Numbers(second, 0, isWhole: false));
        Assert.Empty(Numbers(second, 4));
        Assert.Equal([1, 2], Numbers(third, 0));
        Assert.Equal(6 * Size, _budget.Held);
    }

    [Fact]
    public void WhatIsDeletedOrOfARoomThatEndedCountsNoMore()
    {
        using var room = NewRoom();
        Add(room, 1, 4);
        room.Remove(2);
        Assert.Equal(3 * Size, _budget.Held);
        Assert.Equal([1, 3, 4], Numbers(room, 0));
        room.Dispose();
        Add(room, 5, 1);
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task RoomsThatAreFilledAtOnceStayWithinTheBudget()
    {
        var rooms = Enumerable.Range(0, 8).Select(_ => NewRoom()).ToList();
        await Task.WhenAll(rooms.Select(room => Task.Run(() =>
        {
            for (var number = 1; number <= 2000; number++) Add(room, number, 1);
        })));
        Assert.InRange(_budget.Held, 0, 8 * Size);
        Assert.Equal(_budget.Held, rooms.Sum(room => room.After(0, out _).Length * Size));
        foreach (var room in rooms) room.Dispose();
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public void EachMessageIsAsItCameWhateverCameAndWentBefore()
    {
        // Against a list: bodies of all sizes go around in one array, which grows and shrinks, and some are taken out of its middle.
        var (random, said) = (new Random(7), new List<RoomMessage>());
        using var room = new RecentMessages(40, 20_000, new RecentMessagesBudget(long.MaxValue));
        for (var number = 1; number <= 20_000; number++)
        {
            var body = new byte[random.Next(random.Next(200) == 0 ? 12_000 : 300)];
            random.NextBytes(body);
            var message = new RoomMessage(number, DateTimeOffset.UnixEpoch.AddSeconds(number), $"~{number}", body, RoomLevel.Vip, $"nonce {number}");
            room.Add([message]);
            said.Add(message);
            while (said.Count > 40 || said.Sum(kept => kept.Size()) > 20_000) said.RemoveAt(0);
            if (random.Next(20) == 0)
            {
                var deleted = said[random.Next(said.Count)];
                room.Remove(deleted.Sequence);
                said.Remove(deleted);
            }
            var kept = room.After(0, out _);
            Assert.Equal(said.Select(one => one with { Body = default }), kept.Select(one => one with { Body = default }));
            Assert.All(said.Zip(kept), pair => Assert.True(pair.First.Body.Span.SequenceEqual(pair.Second.Body.Span)));
        }
    }

    private RecentMessages NewRoom(int maxMessages = 100) => new(maxMessages, int.MaxValue, _budget);

    private static void Add(RecentMessages room, int first, int count) => room.Add(Enumerable.Range(first, count).Select(Message));

    private static IEnumerable<long> Numbers(RecentMessages room, long after, bool isWhole = true)
    {
        var messages = room.After(after, out var isReallyWhole);
        Assert.Equal(isWhole, isReallyWhole);
        return messages.Select(message => message.Sequence);
    }

    private static RoomMessage Message(int number) => new(number, DateTimeOffset.UnixEpoch, "~somebody", "{}"u8.ToArray());
}
