using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>
/// A room's members in this process. Gets each message once and hands it to them all, in the room's order, without gaps: what a
/// lost update held is read from the room. Nothing here waits for a member.
/// </summary>
/// <param name="name">The room's name.</param>
/// <param name="gatewayId">This process.</param>
/// <param name="grain">The room itself.</param>
/// <param name="told">Takes what the room tells, see <see cref="LocalRooms.Receive"/>.</param>
/// <param name="budget">What is kept of all rooms.</param>
/// <param name="logger">The log.</param>
public sealed partial class LocalRoom(
    string name, string gatewayId, IRoomGrain grain, Action<RoomUpdate> told, RecentMessagesBudget budget, ILogger logger) : IDisposable
{
    private const int KeptMessages = 128;

    /// <summary>Most bytes of those, see <see cref="RoomMessage.Size"/>: together they fit into every queue.</summary>
    private const int KeptSize = 1024 * 1024;
    private const int ReadAtOnce = 500;

    /// <summary>How long the echo of a message may be on its way before it is fetched.</summary>
    private static readonly TimeSpan EchoPatience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Coalesced _catchingUp = new();
    private readonly Dictionary<string, LocalMember> _members = [];
    private readonly List<(long Sequence, TaskCompletionSource Done)> _waiting = [];

    /// <summary>The newest messages that were handed out, without gaps, for members whose way in takes longer than theirs.</summary>
    private readonly RecentMessages _kept = new(KeptMessages, KeptSize, budget);

    private RoomPosts? _posts;
    private LocalMember[]? _everyone;
    private string? _activation;
    private long? _delivered;

    /// <summary>Who was no member for the room at the last renewal.</summary>
    private ImmutableArray<string> _doubted = [];

    /// <summary>The timestamp at which the room last heard from here; kept by <see cref="LocalRooms"/>.</summary>
    internal long RenewedAt { get; set; }

    /// <summary>How many leases there are of this object; counted by <see cref="LocalRooms"/>.</summary>
    internal int Leases { get; set; }

    public string Name => name;

    /// <summary>Tells the room from others in a few letters.</summary>
    public string Tag { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 6));

    /// <summary>The room itself.</summary>
    public IRoomGrain Grain => grain;

    private RoomPosts Posts => _posts ?? LazyInitializer.EnsureInitialized(ref _posts, () => new RoomPosts(gatewayId, this, told));

    /// <summary>
    /// A member that comes in hears of everything after the message that it has seen last, in pieces, as it takes them, and then of
    /// what comes. A notice may overtake them.
    /// </summary>
    /// <param name="entry">Where the room stands is a number from after this gateway has had its lease.</param>
    /// <param name="seen">The number of the message.</param>
    /// <param name="listener">The member.</param>
    /// <returns>False when not everything can be had any more: then it is not in. True also when it has gone meanwhile.</returns>
    public async Task<bool> Enter(RoomEntry entry, long seen, IRoomListener listener)
    {
        var (sessionId, join) = (entry.Member!.SessionId, entry.Join!);
        var member = new LocalMember(entry.Member, listener);
        lock (_gate)
        {
            _activation ??= join.Activation;
            _delivered ??= join.Sequence;
            _kept.BeginAfter(_delivered.Value);
            _members[sessionId] = member;
            _everyone = null;
        }
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_members.GetValueOrDefault(sessionId) != member) return true;
                    var missed = _kept.After(seen, out var isWhole);
                    if (isWhole)
                    {
                        Hand(listener, missed, seen);
                        member.Seen = Math.Max(seen, _delivered!.Value);
                        return true;
                    }
                }
                var page = await grain.Read(seen, ReadAtOnce);
                lock (_gate)
                {
                    if (_members.GetValueOrDefault(sessionId) != member) return true;
                    if (!page.IsWhole) return false;
                    Hand(listener, page.Messages, seen);
                }
                seen = Math.Max(seen, page.Sequence);
                if (!await listener.Taken()) return true;
            }
        }
        finally
        {
            if (member.Seen is null) Leave(sessionId, listener);
        }
    }

    public void Dispose() => _kept.Dispose();

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

    /// <summary>
    /// Sends a message, and returns when its sender and all other members here have been handed it. What a member sends is said, and
    /// answered, in the order in which this is called.
    /// </summary>
    public async Task<PostReply> Post(Posting posting)
    {
        var reply = await Posts.Post(posting);
        return reply.Outcome != PostOutcome.Failed
            ? reply
            : throw new InvalidOperationException("The room could not find out whether its sender is muted.");
    }

    /// <summary>The room tells what happened.</summary>
    public void Receive(RoomUpdate update)
    {
        using var span = GatewayTraces.RoomUpdated();
        var isGap = false;
        lock (_gate)
        {
            if (update.Previous > _delivered) isGap = true;
            else if (update.Messages is [.., var last]) Deliver(update.Messages, update.Previous, last.Sequence);
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

    /// <summary>Has the room and this agree on who is here, which they do not when the room has begun a new life.</summary>
    /// <returns>The members here that are none for the room.</returns>
    internal async Task<ImmutableArray<string>> Reconcile()
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
    internal async Task WaitForDelivery(long sequence)
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
    internal Task CatchUp() => _catchingUp.Run(ReadMissing, LogGap);

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
        else _kept.BeginAfter(previous);
        if (!(upTo <= _delivered)) _delivered = upTo;
        if (!messages.IsEmpty)
        {
            _kept.Add(messages);
            var news = new RoomNews(this, messages);
            foreach (var member in Everyone())
            {
                if (member.Seen is not { } seen) continue;
                if (seen < messages[0].Sequence) member.Listener.Receive(news);
                else Hand(member.Listener, messages, seen);
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
    private void Hand(IRoomListener listener, IEnumerable<RoomMessage> messages, long seen)
    {
        ImmutableArray<RoomMessage> unseen = [.. messages.Where(message => message.Sequence > seen)];
        if (!unseen.IsEmpty) listener.Receive(new RoomNews(this, unseen));
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

    private sealed class LocalMember(RoomMember member, IRoomListener listener)
    {
        public RoomMember Member => member;

        public IRoomListener Listener => listener;

        /// <summary>
        /// What is up to this number, the member has seen or was not there for; null while it still reads what came before.
        /// </summary>
        public long? Seen { get; set; }
    }
}
