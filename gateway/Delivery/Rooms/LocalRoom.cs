using System.Collections.Immutable;
using Gatehouse.Gateway.Concurrency;
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
    private readonly Coalesced _catchingUp = new();
    private readonly Dictionary<string, LocalMember> _members = [];
    private readonly List<(long Sequence, TaskCompletionSource Done)> _waiting = [];

    /// <summary>The newest messages that were handed out, without gaps, for members whose way in takes longer than theirs.</summary>
    private readonly Queue<RoomMessage> _kept = new();

    private LocalMember[]? _everyone;
    private string? _activation;
    private long? _delivered;
    private long _keptAfter;

    /// <summary>Who was no member for the room at the last renewal.</summary>
    private ImmutableArray<string> _doubted = [];

    /// <summary>The timestamp at which the room last heard from here; kept by <see cref="LocalRooms"/>.</summary>
    internal long RenewedAt { get; set; }

    /// <summary>How many leases there are of this object; counted by <see cref="LocalRooms"/>.</summary>
    internal int Leases { get; set; }

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
                    _members[member.SessionId] = new LocalMember(member, listener, Math.Max(seen, _delivered!.Value));
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
            if (!_members.TryGetValue(sessionId, out var known) || known.Listener != listener) return;
            _members.Remove(sessionId);
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
            await Reconcile();
            reply = await grain.Post(sessionId, body);
        }
        if (reply.Outcome == PostOutcome.Posted) await WaitForDelivery(reply.Sequence);
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
        if (isGap) _ = CatchUp();
    }

    /// <summary>
    /// Makes sure that the room knows the members here, and that they know its messages. To be called at each renewal of the lease.
    /// </summary>
    public async Task Renew()
    {
        // Whoever is just coming or going is known to one side only. That is over by the next renewal.
        var gone = await Reconcile();
        foreach (var sessionId in gone.Intersect(_doubted).ToList()) Evict(sessionId);
        _doubted = gone;
    }

    /// <returns>The members here that are none for the room.</returns>
    private async Task<ImmutableArray<string>> Reconcile()
    {
        ImmutableArray<RoomMember> members;
        RoomHeartbeat heartbeat;
        lock (_gate)
        {
            members = [.. _members.Values.Select(local => local.Member)];
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
        if (isBehind) await CatchUp();
        return gone;
    }

    /// <summary>Returns when the message of this number has been handed out.</summary>
    private async Task WaitForDelivery(long sequence)
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
            await CatchUp();
        }
    }

    /// <summary>Reads what is missing. If that fails, the next update, or the next renewal of the lease, tries again.</summary>
    private Task CatchUp() => _catchingUp.Run(ReadMissing, LogGap);

    private async Task ReadMissing()
    {
        RoomPage page;
        do
        {
            long after;
            lock (_gate) after = _delivered ?? 0;
            page = await grain.Read(after, ReadAtOnce);
            lock (_gate) Deliver(page.Messages, after, page.Sequence);
        }
        while (page.HasMore);
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
            foreach (var member in Everyone())
            {
                if (member.Seen < messages[0].Sequence) member.Listener.Receive(news);
                else Hand(member.Listener, messages, member.Seen);
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
        foreach (var member in Everyone()) member.Listener.Receive(news);
        if (notice.Kind is RoomNoticeKind.Kicked or RoomNoticeKind.Banned && _members.Remove(notice.SessionId)) _everyone = null;
    }

    /// <summary>Hands a listener what it has not seen.</summary>
    private static void Hand(IRoomListener listener, IEnumerable<RoomMessage> messages, long seen)
    {
        ImmutableArray<RoomMessage> unseen = [.. messages.Where(message => message.Sequence > seen)];
        if (!unseen.IsEmpty) listener.Receive(new RoomNews(unseen));
    }

    private void Evict(string sessionId)
    {
        lock (_gate)
        {
            if (!_members.Remove(sessionId, out var evicted)) return;
            _everyone = null;
            evicted.Listener.Evicted();
        }
    }

    private LocalMember[] Everyone() => _everyone ??= [.. _members.Values];

    [LoggerMessage(LogLevel.Warning, "A room's missed messages could not be read")]
    private partial void LogGap(Exception failure);

    /// <param name="Seen">What is up to this number, the member has seen or was not there for.</param>
    private sealed record LocalMember(RoomMember Member, IRoomListener Listener, long Seen);
}
