using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Tests;

/// <summary>What <see cref="LocalRoomTests"/> say one by one, in whatever order things happen.</summary>
public sealed class LocalRoomCourseTests
{
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

    private sealed class Course
    {
        private readonly Random _random;
        private readonly FakeRoom _grain = new();
        private readonly LocalRoom _room;
        private readonly List<RoomUpdate> _underWay = [];
        private readonly List<TaskCompletionSource> _heldReads = [];
        private readonly List<RoomEntry> _coming = [];
        private readonly List<(RoomEntry Entry, RoomListener Listener, Task Entering)> _here = [];
        private readonly List<(RoomEntry Entry, RoomListener Listener)> _gone = [];
        private readonly List<Task> _renewals = [];
        private bool _isOver;
        private int _names;

        public Course(int seed)
        {
            _random = new Random(seed);
            _room = FakeRoom.Local(_grain);
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
            var listener = new RoomListener();
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
