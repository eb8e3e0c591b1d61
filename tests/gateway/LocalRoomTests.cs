using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Rooms;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>Whatever happens to the updates of a room: each member gets the messages after its entry, in order, once.</summary>
public sealed class LocalRoomTests
{
    private readonly FakeRoom _grain = new();
    private readonly LocalRoom _room;

    public LocalRoomTests() => _room = NewRoom(_grain);

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
        var slow = new Listener();
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
        var slow = new Listener
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
        var late = new Listener();
        Assert.False(await _room.Enter(entry, entry.Join!.Sequence, late).InTime());
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Empty(late.Heard);
    }

    [Fact]
    public async Task MemberReadsFromTheRoomWhatWasForgottenHereForTheSakeOfOtherRooms()
    {
        var budget = new RecentMessagesBudget(10_000);
        using var room = NewRoom(_grain, budget);
        using var other = NewRoom(new FakeRoom(), budget);
        var entry = _grain.Entry("slow");
        room.Receive(_grain.Update());
        for (var number = 0; number < 20; number++) _grain.Add();
        room.Receive(_grain.Update());
        var large = new RoomMessage(1, DateTimeOffset.UnixEpoch, "~somebody", new string('x', 3650));
        other.Receive(new RoomUpdate("another room", "life 1", 0, [large], []));
        Assert.Equal(large.Size(), budget.Held);
        var slow = new Listener();
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
        var slow = new Listener();
        await _room.Enter(entry, entry.Join!.Sequence, slow).InTime();
        _grain.Add();
        _room.Receive(_grain.Update());
        Assert.Equal([201], slow.Heard);
    }

    [Fact]
    public async Task EchoComesWithTheAnswer()
    {
        var sender = await Enter("sender");
        Assert.Equal(PostOutcome.Posted, (await _room.Post("sender", "{}")).Outcome);
        Assert.Equal([1], sender.Heard);
    }

    [Fact]
    public async Task LostEchoIsFetched()
    {
        _grain.RepliesBringNews = false;
        var sender = await Enter("sender");
        Assert.Equal(PostOutcome.Posted, (await _room.Post("sender", "{}").InTime()).Outcome);
        Assert.Equal([1], sender.Heard);
    }

    [Fact]
    public async Task WhatIsSaidWhileACallIsUnderWayGoesTogetherInTheNext()
    {
        var member = await Enter("member");
        await Enter("other");
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var posts = new[] { _room.Post("member", "a"), _room.Post("stranger", "b"), _room.Post("other", "c"), _room.Post("member", "d") };
        Assert.Equal(["a"], Assert.Single(_grain.Posts));
        answer.SetResult();
        var replies = await Task.WhenAll(posts).InTime();
        Assert.Equal(["b", "c", "d"], _grain.Posts[1]);
        Assert.Equal([PostOutcome.Posted, PostOutcome.NotMember, PostOutcome.Posted, PostOutcome.Posted], replies.Select(reply => reply.Outcome));
        Assert.Equal([1, 2, 3], member.Heard);
    }

    [Fact]
    public async Task CallThatFailsFailsThoseThatWentWithItAndNobodyElse()
    {
        var member = await Enter("member");
        var answer = new TaskCompletionSource();
        _grain.BeforePost = () => answer.Task;
        var (lost, next) = (_room.Post("member", "lost"), _room.Post("member", "next"));
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
        var posts = new[] { _room.Post("first", "{}"), _room.Post("second", "{}") };
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

    /// <summary>
    /// Updates are lost, doubled, late and out of order, reads take their time, the room begins new lives, members come and go: a
    /// thousand courses of events, each by its own seed.
    /// </summary>
    [Fact]
    public async Task MembersGetAllMessagesAfterTheirEntryInOrderOnceWhateverHappens()
    {
        for (var seed = 1; seed <= 1000; seed++)
        {
            try
            {
                await new Course(seed).Run();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"With seed {seed}", failure);
            }
        }
    }

    private static LocalRoom NewRoom(FakeRoom grain, RecentMessagesBudget? budget = null)
    {
        LocalRoom room = null!;
        return room = new LocalRoom(
            "the room", "the gateway", grain, update => room.Receive(update), budget ?? new(long.MaxValue), NullLogger.Instance);
    }

    private async Task<Listener> Enter(string sessionId)
    {
        var listener = new Listener();
        var entry = _grain.Entry(sessionId);
        await _room.Enter(entry, entry.Join!.Sequence, listener).InTime();
        return listener;
    }

    private sealed class Listener : IRoomListener
    {
        public List<long> Heard { get; } = [];

        public List<RoomNotice> Notices { get; } = [];

        public bool IsEvicted { get; private set; }

        public void Receive(RoomNews news)
        {
            Assert.NotEmpty(news.Messages);
            Heard.AddRange(news.Messages.Select(message => message.Sequence));
        }

        public void Receive(RoomNoticeNews notice) => Notices.Add(notice.Notice);

        /// <summary>What the client's taking waits for.</summary>
        public Func<Task> BeforeTaken { get; set; } = () => Task.CompletedTask;

        public async Task<bool> Taken()
        {
            await BeforeTaken();
            return true;
        }

        public void Evicted() => IsEvicted = true;
    }

    private sealed class Course
    {
        private readonly Random _random;
        private readonly FakeRoom _grain = new();
        private readonly LocalRoom _room;
        private readonly List<RoomUpdate> _underWay = [];
        private readonly List<TaskCompletionSource> _heldReads = [];
        private readonly List<RoomEntry> _coming = [];
        private readonly List<(RoomEntry Entry, Listener Listener, Task Entering)> _here = [];
        private readonly List<(RoomEntry Entry, Listener Listener)> _gone = [];
        private readonly List<Task> _renewals = [];
        private bool _isOver;
        private int _names;

        public Course(int seed)
        {
            _random = new Random(seed);
            _room = NewRoom(_grain);
            _grain.BeforeRead = Hold;
        }

        public async Task Run()
        {
            for (var step = 0; step < 150; step++) Step();

            _isOver = true;
            foreach (var entry in _coming.ToList()) Arrive(entry);
            foreach (var read in _heldReads) read.SetResult();
            await Task.WhenAll(_here.Select(member => member.Entering).Concat(_renewals)).InTime();
            await _room.Renew().InTime();

            foreach (var (entry, listener, _) in _here) Assert.Equal(After(entry), listener.Heard);
            // Whoever left has heard all up to some message.
            foreach (var (entry, listener) in _gone) Assert.Equal(After(entry).Take(listener.Heard.Count), listener.Heard);
        }

        private IEnumerable<long> After(RoomEntry entry) => _grain.Numbers.Where(number => number > entry.Join!.Sequence);

        private void Step()
        {
            switch (_random.Next(12))
            {
                case 0 or 1 or 2:
                    for (var count = _random.Next(1, 4); count > 0; count--) _grain.Add(_random.Next(1, 3));
                    _underWay.Add(_grain.Update());
                    break;
                case 3 or 4 or 5 when _underWay.Count > 0:
                    // Mostly the oldest.
                    Take(_random.Next(4) == 0 ? _random.Next(_underWay.Count) : 0);
                    break;
                case 6 when _underWay.Count > 0:
                    _underWay.RemoveAt(_random.Next(_underWay.Count));
                    break;
                case 7:
                    _coming.Add(_grain.Entry($"member {++_names}"));
                    break;
                case 8 when _coming.Count > 0:
                    Arrive(_coming[_random.Next(_coming.Count)]);
                    break;
                case 9 when _here.Count > 0 && _here[_random.Next(_here.Count)] is var member && member.Entering.IsCompleted:
                    _here.Remove(member);
                    _gone.Add((member.Entry, member.Listener));
                    _room.Leave(member.Entry.Member!.SessionId, member.Listener);
                    _grain.Leave(member.Entry.Member.SessionId);
                    break;
                case 10 when _heldReads.Count > 0:
                    var read = _heldReads[_random.Next(_heldReads.Count)];
                    _heldReads.Remove(read);
                    read.SetResult();
                    break;
                case 11:
                    if (_random.Next(4) == 0) _grain.BeginAnew();
                    _renewals.Add(_room.Renew());
                    break;
            }
        }

        private void Take(int index)
        {
            var update = _underWay[index];
            if (_random.Next(6) > 0) _underWay.RemoveAt(index);
            _room.Receive(update);
        }

        private void Arrive(RoomEntry entry)
        {
            _coming.Remove(entry);
            var listener = new Listener();
            _here.Add((entry, listener, _room.Enter(entry, entry.Join!.Sequence, listener)));
        }

        private Task Hold()
        {
            if (_isOver || _random.Next(2) == 0) return Task.CompletedTask;
            var read = new TaskCompletionSource();
            _heldReads.Add(read);
            return read.Task;
        }
    }
}
