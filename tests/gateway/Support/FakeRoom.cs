using System.Collections.Immutable;
using System.Text;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Rooms;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A room grain whose messages a test adds, and whose answers it may hold back.</summary>
internal sealed class FakeRoom : IRoomGrain
{
    private readonly List<RoomMessage> _messages = [];
    private readonly HashSet<string> _members = [];
    private long _told;

    /// <summary>The room's members in this process, which hear what its answers tell.</summary>
    public static LocalRoom Local(FakeRoom grain, RecentMessagesBudget? budget = null)
    {
        LocalRoom room = null!;
        return room = new LocalRoom(
            "the room", "the gateway", grain, update => room.Receive(update), budget ?? new(long.MaxValue), NullLogger.Instance);
    }

    public string Activation { get; private set; } = "life 1";

    public long Newest { get; private set; }

    /// <summary>Whether the room still has everything.</summary>
    public bool IsWhole { get; set; } = true;

    /// <summary>The numbers of all messages.</summary>
    public IEnumerable<long> Numbers => _messages.Select(message => message.Sequence);

    /// <summary>Members that the room says it does not know, whatever it is told.</summary>
    public HashSet<string> Unknown { get; } = [];

    /// <summary>What an answer to a read waits for.</summary>
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    /// <summary>What an answer to a post waits for.</summary>
    public Func<Task> BeforePost { get; set; } = () => Task.CompletedTask;

    /// <summary>Whether the answer to a post tells what is new.</summary>
    public bool RepliesBringNews { get; set; } = true;

    /// <summary>What was posted, call by call.</summary>
    public List<string[]> Posts { get; } = [];

    /// <summary>The calls that post, to be awaited.</summary>
    public Events<string[]> PostCalls { get; } = new();

    /// <summary>What an answer to a heartbeat waits for.</summary>
    public Func<Task> BeforeHeartbeat { get; set; } = () => Task.CompletedTask;

    public int Heartbeats { get; private set; }

    /// <summary>A message that nobody is told of yet.</summary>
    public long Add(int step = 1)
    {
        Newest += step;
        _messages.Add(new RoomMessage(Newest, DateTimeOffset.UnixEpoch, "~somebody", "{}"u8.ToArray()));
        return Newest;
    }

    /// <summary>What is new since the last update.</summary>
    public RoomUpdate Update(params ImmutableArray<RoomNotice> notices)
    {
        var update = new RoomUpdate("the room", Activation, _told, [.. _messages.Where(message => message.Sequence > _told)], notices);
        _told = Newest;
        return update;
    }

    /// <summary>All messages are deleted; their numbers stay given.</summary>
    public void Forget() => _messages.Clear();

    /// <summary>The room forgets who is in it.</summary>
    public void BeginAnew()
    {
        _members.Clear();
        Activation += "+";
    }

    public RoomEntry Entry(string sessionId)
    {
        _members.Add(sessionId);
        var member = new RoomMember(sessionId, "the gateway", "~" + sessionId, sessionId);
        return new RoomEntry(
            GrainInterfaces.Refusal.None, "the room", member,
            new RoomJoin(GrainInterfaces.Refusal.None, Activation, Newest, RoomLevel.User));
    }

    public async Task<PostReplies> Post(string gatewayId, ImmutableArray<Posting> postings)
    {
        Posts.Add([.. postings.Select(posting => Encoding.UTF8.GetString(posting.Body.Span))]);
        var answer = BeforePost();
        PostCalls.Add(Posts[^1]);
        await answer;
        var replies = postings.Select(posting => _members.Contains(posting.SessionId)
            ? new PostReply(PostOutcome.Posted, Activation, Add())
            : new PostReply(PostOutcome.NotMember, Activation)).ToImmutableArray();
        var news = RepliesBringNews ? Update() : null;
        return new PostReplies(replies, news);
    }

    public async Task<RoomPage> Read(long after, int limit)
    {
        await BeforeRead();
        var found = _messages.Where(message => message.Sequence > after).Take(limit).ToImmutableArray();
        var hasMore = found.Length == limit && found[^1].Sequence < Newest;
        return new RoomPage(found, hasMore ? found[^1].Sequence : Newest, hasMore, IsWhole);
    }

    public async Task<RoomHeartbeatReply> Heartbeat(RoomHeartbeat heartbeat)
    {
        Heartbeats++;
        await BeforeHeartbeat();
        return new RoomHeartbeatReply(
            Activation, Newest, heartbeat.Activation == Activation && heartbeat.Members == _members.Count && Unknown.Count == 0);
    }

    public Task<ImmutableArray<string>> Restore(RoomHeartbeat heartbeat, ImmutableArray<RoomMember> members)
    {
        _members.UnionWith(members.Select(member => member.SessionId).Except(Unknown));
        return Task.FromResult<ImmutableArray<string>>([.. Unknown]);
    }

    public Task Leave(string sessionId)
    {
        _members.Remove(sessionId);
        return Task.CompletedTask;
    }

    public Task<RoomJoin> Join(RoomMember member) => throw new InvalidOperationException("Not asked of this fake.");

    public Task Type(string sessionId, bool isTyping) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<ModerationOutcome> Moderate(string sessionId, Moderation moderation) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<ModerationOutcome> DeleteMessage(string sessionId, long sequence) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<long?> FindEndOfReplay(long after, int maxMessages, long maxBytes) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomPage> ReadBack(long? before, int limit) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomMembers> GetMembers() => throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomSummary> Inspect() => throw new InvalidOperationException("Not asked of this fake.");

    public Task<OperatorOutcome> RemoveMessage(Operator by, long sequence) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<OperatorOutcome> Delete(Operator by) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<OperatorOutcome> Mute(Operator by, string name, TimeSpan duration) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<OperatorOutcome> Close(Operator by, string reason) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<OperatorOutcome> Open(Operator by) => throw new InvalidOperationException("Not asked of this fake.");
}
