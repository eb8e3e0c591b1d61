using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>
/// A room's members in this process. Gets each message once and hands it to them all, in the room's order, without gaps: what a
/// lost update held is read from the room. Nothing here waits for a member.
/// </summary>
public sealed partial class LocalRoom(string name, string gatewayId, IRoomGrain grain, ILogger logger)
{
    private const int KeptMessages = 128;
    private const int ReadAtOnce = 500;

    /// <summary>How long the echo of a message may be on its way before it is fetched.</summary>
    private static readonly TimeSpan EchoPatience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Seat> _seats = [];
    private readonly List<(long Sequence, TaskCompletionSource Done)> _waiting = [];

    /// <summary>The newest messages that were handed out, without gaps, for members whose way in takes longer than theirs.</summary>
    private readonly Queue<RoomMessage> _kept = new();

    private Seat[]? _everyone;
    private string? _activation;
    private long? _delivered;
    private long _keptAfter;
    private bool _isReading, _readAgain;

    /// <summary>Who was no member for the room at the last renewal.</summary>
    private ImmutableArray<string> _doubted = [];

    /// <summary>How many have use for this object; counted by <see cref="LocalRooms"/>.</summary>
    internal int Users { get; set; }

    public string Name => name;

    /// <summary>The room itself.</summary>
    public IRoomGrain Grain => grain;

    /// <summary>A member that has just come in hears of everything after its entry.</summary>
    public async Task Enter(RoomEntry entry, IRoomListener listener)
    {
        var (member, join) = (entry.Member!, entry.Join!);
        var seen = join.Sequence;
        lock (_gate)
        {
            _activation ??= join.Activation;
            _delivered ??= seen;
            if (_kept.Count == 0) _keptAfter = _delivered.Value;
        }
        while (true)
        {
            lock (_gate)
            {
                if (seen >= _keptAfter)
                {
                    Hand(listener, _kept, seen);
                    _seats[member.SessionId] = new Seat(member, listener, Math.Max(seen, _delivered!.Value));
                    _everyone = null;
                    return;
                }
            }
            var page = await grain.Read(seen, ReadAtOnce);
            Hand(listener, page.Messages, seen);
            seen = Math.Max(seen, page.Sequence);
        }
    }

    /// <summary>A member is gone.</summary>
    public void Leave(string sessionId, IRoomListener listener)
    {
        lock (_gate)
        {
            if (!_seats.TryGetValue(sessionId, out var seat) || seat.Listener != listener) return;
            _seats.Remove(sessionId);
            _everyone = null;
        }
    }

    /// <summary>Sends a message, and returns when its sender and all other members here have been handed it.</summary>
    public async Task<PostReply> Post(string sessionId, string body)
    {
        var reply = await grain.Post(sessionId, body);
        if (reply.Outcome == PostOutcome.NotMember)
        {
            // The room may have begun a new life, and not know who is here.
            await Agree();
            reply = await grain.Post(sessionId, body);
        }
        if (reply.Outcome == PostOutcome.Posted) await Delivered(reply.Sequence);
        return reply;
    }

    /// <summary>The room tells what happened.</summary>
    public void Receive(RoomUpdate update)
    {
        var isGap = false;
        lock (_gate)
        {
            if (update.Messages is [.., var last])
            {
                if (_delivered is { } delivered && update.Previous > delivered) isGap = last.Sequence > delivered;
                else Deliver(update.Messages, update.Previous, last.Sequence);
            }
            foreach (var notice in update.Notices) Deliver(notice);
        }
        if (isGap) _ = Read();
    }

    /// <summary>
    /// Makes sure that the room knows the members here, and that they know its messages. To be called at each renewal of the lease.
    /// </summary>
    public async Task Renew()
    {
        // Whoever is just coming or going is known to one side only. That is over by the next renewal.
        var gone = await Agree();
        foreach (var sessionId in gone.Intersect(_doubted).ToList()) Lose(sessionId);
        _doubted = gone;
    }

    /// <returns>The members here that are none for the room.</returns>
    private async Task<ImmutableArray<string>> Agree()
    {
        ImmutableArray<RoomMember> members;
        RoomHeartbeat heartbeat;
        lock (_gate)
        {
            members = [.. _seats.Values.Select(seat => seat.Member)];
            heartbeat = new RoomHeartbeat(gatewayId, _activation ?? "", members.Length);
        }
        if (members.IsEmpty) return [];
        ImmutableArray<string> gone = [];
        var renewal = await grain.Heartbeat(heartbeat);
        if (!renewal.IsInAgreement)
        {
            gone = await grain.Restore(heartbeat, members);
            Volatile.Write(ref _activation, renewal.Activation);
        }
        bool isBehind;
        lock (_gate) isBehind = renewal.Sequence > _delivered;
        if (isBehind) await Read();
        return gone;
    }

    /// <summary>Returns when the message of this number has been handed out.</summary>
    private async Task Delivered(long sequence)
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            if (_delivered >= sequence) return;
            waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, waiting));
        }
        try
        {
            await waiting.Task.WaitAsync(EchoPatience);
        }
        catch (TimeoutException)
        {
            await Read();
        }
    }

    /// <summary>Reads what is missing, until nothing is.</summary>
    private async Task Read()
    {
        lock (_gate)
        {
            _readAgain = true;
            if (_isReading) return;
            _isReading = true;
        }
        while (true)
        {
            long after;
            lock (_gate)
            {
                if (!_readAgain)
                {
                    _isReading = false;
                    return;
                }
                _readAgain = false;
                after = _delivered ?? 0;
            }
            try
            {
                var page = await grain.Read(after, ReadAtOnce);
                lock (_gate)
                {
                    Deliver(page.Messages, after, page.Sequence);
                    _readAgain |= page.HasMore;
                }
            }
            catch (Exception failure)
            {
                // The next update, or the next renewal of the lease, tries again.
                LogGap(failure);
            }
        }
    }

    // The caller holds the lock.
    private void Deliver(ImmutableArray<RoomMessage> messages, long previous, long upTo)
    {
        if (_delivered is { } known) messages = messages.RemoveAll(message => message.Sequence <= known);
        else _keptAfter = previous;
        if (!(upTo <= _delivered)) _delivered = upTo;
        if (!messages.IsEmpty)
        {
            foreach (var message in messages)
            {
                _kept.Enqueue(message);
                if (_kept.Count > KeptMessages) _keptAfter = _kept.Dequeue().Sequence;
            }
            var news = new RoomNews(messages);
            foreach (var seat in Everyone())
            {
                if (seat.Seen < messages[0].Sequence) seat.Listener.Receive(news);
                else Hand(seat.Listener, messages, seat.Seen);
            }
        }
        for (var index = _waiting.Count - 1; index >= 0; index--)
        {
            if (_waiting[index].Sequence > _delivered) continue;
            _waiting[index].Done.SetResult();
            _waiting.RemoveAt(index);
        }
    }

    // The caller holds the lock.
    private void Deliver(RoomNotice notice)
    {
        var news = new RoomNoticeNews(notice);
        foreach (var seat in Everyone()) seat.Listener.Receive(news);
        if (notice.Kind is RoomNoticeKind.Kicked or RoomNoticeKind.Banned && _seats.Remove(notice.SessionId)) _everyone = null;
    }

    /// <summary>Hands a listener what it has not seen.</summary>
    private static void Hand(IRoomListener listener, IEnumerable<RoomMessage> messages, long seen)
    {
        ImmutableArray<RoomMessage> unseen = [.. messages.Where(message => message.Sequence > seen)];
        if (!unseen.IsEmpty) listener.Receive(new RoomNews(unseen));
    }

    private void Lose(string sessionId)
    {
        lock (_gate)
        {
            if (!_seats.Remove(sessionId, out var seat)) return;
            _everyone = null;
            seat.Listener.Lost();
        }
    }

    private Seat[] Everyone() => _everyone ??= [.. _seats.Values];

    [LoggerMessage(LogLevel.Warning, "A room's missed messages could not be read")]
    private partial void LogGap(Exception failure);

    /// <param name="Seen">What is up to this number, the member has seen or was not there for.</param>
    private sealed record Seat(RoomMember Member, IRoomListener Listener, long Seen);
}
