using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Tests;

/// <summary>Whatever happens to the updates of a room: each member gets the messages after its entry, in order, once.</summary>
public sealed class LocalRoomTests
{
    private readonly FakeRoom _grain = new();
    private readonly LocalRoom _room;

    public LocalRoomTests() => _room = FakeRoom.Local(_grain);

    [Fact]
    public async Task MembersGetWhatComesAfterTheirEntry()
    {
        _grain.Add();
        var first = await Enter("first");
        _grain.Add();
        _room.Receive(_grain.Update());
        var second = await Enter("second");
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([2, 3], first.Heard);
        Assert.Equal([3], second.Heard);
    }

    [Fact]
    public async Task LostUpdateIsReadWhenTheNextOneShowsIt()
    {
        var member = await Enter("member");
        _grain.Add();
        _grain.Update();
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([1, 2], member.Heard);
    }

    [Fact]
    public async Task MemberWhoseWayInTakesLongGetsWhatCameMeanwhile()
    {
        await Enter("first");
        var entry = _grain.Entry("slow");
        for (var number = 0; number < 1000; number++)
        {
            _grain.Add();
            _room.Receive(_grain.Update());
        }
        var slow = new RoomListener();
        await _room.Enter(entry, entry.Join!.Sequence, slow).InTime();
        Assert.Equal(Enumerable.Range(1, 1000).Select(number => (long)number), slow.Heard);
    }

    [Fact]
    public async Task MemberThatMissedALotGetsTheNextPieceWhenItHasTakenTheLast()
    {
        await Enter("first");
        var entry = _grain.Entry("slow");
        for (var number = 0; number < 1200; number++)
        {
            _grain.Add();
            _room.Receive(_grain.Update());
        }
        var (asked, taken) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = new RoomListener
        {
            BeforeTaken = () =>
            {
                asked.TrySetResult();
                return taken.Task;
            },
        };
        var entering = _room.Enter(entry, entry.Join!.Sequence, slow);
        await asked.Task.InTime();
        // What is said meanwhile does not overtake what it has missed, and does not wait for it.
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal(Enumerable.Range(1, 500).Select(number => (long)number), slow.Heard);
        taken.SetResult();
        Assert.True(await entering.InTime());
        Assert.Equal(Enumerable.Range(1, 1201).Select(number => (long)number), slow.Heard);
    }

    [Fact]
    public async Task MemberIsNotInTheRoomWhoseMissedMessagesAreForgotten()
    {
        await Enter("first");
        var entry = _grain.Entry("late");
        for (var number = 0; number < 200; number++)
        {
            _grain.Add();
            _room.Receive(_grain.Update());
        }
        _grain.IsWhole = false;
        var late = new RoomListener();
        Assert.False(await _room.Enter(entry, entry.Join!.Sequence, late).InTime());
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Empty(late.Heard);
    }

    [Fact]
    public async Task MemberReadsFromTheRoomWhatWasForgottenHereForTheSakeOfOtherRooms()
    {
        var budget = new RecentMessagesBudget(10_000);
        using var room = FakeRoom.Local(_grain, budget);
        using var other = FakeRoom.Local(new FakeRoom(), budget);
        var entry = _grain.Entry("slow");
        room.Receive(_grain.Update());
        for (var number = 0; number < 20; number++) _grain.Add();
        room.Receive(_grain.Update());
        var large = new RoomMessage(1, DateTimeOffset.UnixEpoch, "~somebody", new byte[7300]);
        other.Receive(new RoomUpdate("another room", "life 1", 0, [large], []));
        Assert.Equal(large.Size(), budget.Held);
        var slow = new RoomListener();
        Assert.True(await room.Enter(entry, entry.Join!.Sequence, slow).InTime());
        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), slow.Heard);
    }

    [Fact]
    public async Task EntryDoesNotFailWhereNothingIsLeftToRead()
    {
        await Enter("first");
        var entry = _grain.Entry("slow");
        for (var number = 0; number < 200; number++)
        {
            _grain.Add();
            _room.Receive(_grain.Update());
        }
        _grain.Forget();
        var slow = new RoomListener();
        await _room.Enter(entry, entry.Join!.Sequence, slow).InTime();
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([201], slow.Heard);
    }

    [Fact]
    public async Task EchoComesWithTheAnswer()
    {
        var sender = await Enter("sender");
        Assert.Equal(PostOutcome.Posted, (await _room.Post(new("sender", "{}"u8.ToArray()))).Outcome);
        Assert.Equal([1], sender.Heard);
    }

    [Fact]
    public async Task LostEchoIsFetched()
    {
        _grain.RepliesBringNews = false;
        var sender = await Enter("sender");
        Assert.Equal(PostOutcome.Posted, (await _room.Post(new("sender", "{}"u8.ToArray())).InTime()).Outcome);
        Assert.Equal([1], sender.Heard);
    }

    [Fact]
    public async Task WhatIsSaidWhileACallIsUnderWayGoesTogetherInTheNext()
    {
        var member = await Enter("member");
        await Enter("other");
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var first = _room.Post(new("member", "a"u8.ToArray()));
        Assert.Equal(["a"], await _grain.PostCalls.Next());
        var posts = new[] { first, _room.Post(new("stranger", "b"u8.ToArray())), _room.Post(new("other", "c"u8.ToArray())), _room.Post(new("member", "d"u8.ToArray())) };
        answer.SetResult();
        var replies = await Task.WhenAll(posts).InTime();
        Assert.Equal(["b", "c", "d"], _grain.Posts[1]);
        Assert.Equal([PostOutcome.Posted, PostOutcome.NotMember, PostOutcome.Posted, PostOutcome.Posted], replies.Select(reply => reply.Outcome));
        Assert.Equal([1, 2, 3], member.Heard);
    }

    [Fact]
    public async Task WhatAMemberSaysKeepsItsOrderWhenTheRoomHasBegunANewLife()
    {
        await Enter("member");
        _grain.BeginAnew();
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var first = _room.Post(new("member", "a"u8.ToArray()));
        await _grain.PostCalls.Next();
        var posts = new[] { first, _room.Post(new("member", "b"u8.ToArray())), _room.Post(new("member", "c"u8.ToArray())) };
        answer.SetResult();
        Assert.Equal([1, 2, 3], (await Task.WhenAll(posts).InTime()).Select(reply => reply.Sequence));
        Assert.Equal(["a", "a", "b c"], _grain.Posts.Select(call => string.Join(' ', call)));
    }

    [Fact]
    public async Task CallThatFailsFailsThoseThatWentWithItAndNobodyElse()
    {
        var member = await Enter("member");
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var lost = _room.Post(new("member", "lost"u8.ToArray()));
        await _grain.PostCalls.Next();
        var next = _room.Post(new("member", "next"u8.ToArray()));
        _grain.BeforePost = () => Task.CompletedTask;
        answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => lost.InTime());
        Assert.Equal(PostOutcome.Posted, (await next.InTime()).Outcome);
        Assert.Equal([1], member.Heard);
    }

    [Fact]
    public async Task SendersAreAllKnownAgainInARoomsNewLife()
    {
        await Enter("first");
        await Enter("second");
        _grain.BeginAnew();
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var first = _room.Post(new("first", "{}"u8.ToArray()));
        await _grain.PostCalls.Next();
        var posts = new[] { first, _room.Post(new("second", "{}"u8.ToArray())) };
        answer.SetResult();
        Assert.All(await Task.WhenAll(posts).InTime(), reply => Assert.Equal(PostOutcome.Posted, reply.Outcome));
    }

    [Fact]
    public async Task MemberThatTheRoomDoesNotKnowIsEvictedAtTheSecondRenewal()
    {
        var (stays, goes) = (await Enter("stays"), await Enter("goes"));
        _grain.Unknown.Add("goes");
        await _room.Renew().InTime();
        // It may just be on its way out: whoever leaves by themselves is not put out.
        Assert.False(goes.IsEvicted);
        await _room.Renew().InTime();
        Assert.True(goes.IsEvicted);
        Assert.False(stays.IsEvicted);
        _grain.Unknown.Clear();
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([1], stays.Heard);
        Assert.Empty(goes.Heard);
    }

    [Fact]
    public async Task KickedMemberHearsOfItAndThenNothing()
    {
        var (stays, goes) = (await Enter("stays"), await Enter("goes"));
        _grain.Add();
        _room.Receive(_grain.Update(new RoomNotice(RoomNoticeKind.Kicked, "goes", "why")));
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([1, 2], stays.Heard);
        Assert.Equal([1], goes.Heard);
        Assert.Equal(RoomNoticeKind.Kicked, Assert.Single(goes.Notices).Kind);
    }

    [Fact]
    public async Task ListenerThatWasReplacedDoesNotTakeItsSuccessorAlong()
    {
        var former = await Enter("member");
        var next = await Enter("member");
        _room.Leave("member", former);
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([1], next.Heard);
    }

    private async Task<RoomListener> Enter(string sessionId)
    {
        var listener = new RoomListener();
        var entry = _grain.Entry(sessionId);
        await _room.Enter(entry, entry.Join!.Sequence, listener).InTime();
        return listener;
    }
}
