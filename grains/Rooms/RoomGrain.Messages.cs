using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <content>The messages and their order.</content>
public sealed partial class RoomGrain
{
    private const int PageBytes = 1024 * 1024;

    private readonly RecentMessages _recent = new(options.Value.Recent, options.Value.RecentSize, budget);
    private static readonly Task<IReadOnlySet<long>> NoneBefore = Task.FromResult<IReadOnlySet<long>>(FrozenSet<long>.Empty);

    private readonly List<Activity> _pendingCallers = [];

    private List<RoomMessage> _pending = [];
    private TaskCompletionSource<IReadOnlySet<long>> _pendingStored = NewSource();
    private bool _isStoring;

    /// <summary>Whether the messages are in no table.</summary>
    private bool _isEphemeral;

    /// <summary>The newest number that was given.</summary>
    private long _sequence;

    /// <summary>The newest number that anybody may hear of.</summary>
    private long _published;

    public async Task<PostReplies> Post(string gatewayId, ImmutableArray<Posting> postings)
    {
        var feed = _feeds.GetValueOrDefault(gatewayId);
        if (feed is not null) feed.Posts++;
        try
        {
            var replies = await Say(postings);
            if (feed is not { IsBusy: false }) return new PostReplies(replies, null);
            var news = feed.Take(Name, _activation, out var callers);
            BatchSpan.Share(callers);
            return new PostReplies(replies, news);
        }
        finally
        {
            if (feed is not null)
            {
                feed.Posts--;
                PushNews(feed);
            }
        }
    }

    public async Task Type(string sessionId, bool isTyping)
    {
        if (_members.TryGetValue(sessionId, out var member) && await MutedFor(member) == TimeSpan.Zero)
        {
            Notify(new RoomNotice(isTyping ? RoomNoticeKind.Typing : RoomNoticeKind.StoppedTyping, sessionId, member.Name));
        }
    }

    public async Task<RoomPage> Read(long after, int limit)
    {
        limit = Math.Clamp(limit, 1, 1000);
        var upTo = _published;
        var recent = _recent.After(after, out var isWhole);
        if (!isWhole && !_isEphemeral) return Page(await store.Read(Name, after, upTo, limit + 1, PageBytes), limit, upTo);
        return Page(recent, limit, upTo) with { IsWhole = isWhole };
    }

    public async Task<long?> FindEndOfReplay(long after, int maxMessages, long maxBytes)
    {
        var upTo = _published;
        var recent = _recent.After(after, out var isWhole);
        if (after > upTo || (_isEphemeral && !isWhole)) return null;
        var (messages, bytes) = isWhole
            ? (recent.Length, recent.Sum(message => (long)message.Body.Length))
            : await store.Measure(Name, after, upTo, maxMessages + 1);
        return messages <= maxMessages && bytes <= maxBytes ? upTo : null;
    }

    public async Task<RoomPage> ReadBack(long? before, int limit)
    {
        limit = Math.Clamp(limit, 1, 1000);
        if (_isEphemeral) return new RoomPage([], 0, HasMore: false);
        var page = await store.ReadBack(Name, Math.Min(before ?? long.MaxValue, _published + 1), limit + 1, PageBytes);
        return Page(page, limit, _published);
    }

    public async Task<ModerationOutcome> DeleteMessage(string sessionId, long sequence)
    {
        if (!_members.TryGetValue(sessionId, out var member)) return ModerationOutcome.NotMember;
        var author = _recent.Find(sequence)?.Author
            ?? (_isEphemeral ? null : await store.FindAuthor(Name, sequence));
        var isModerator = await LevelOf(member.Key) <= RoomLevel.Moderator;
        if (author is null) return isModerator ? ModerationOutcome.NotFound : ModerationOutcome.NotAllowed;
        if (!isModerator && author != member.Key) return ModerationOutcome.NotAllowed;
        if (!_isEphemeral && !await store.Delete(Name, sequence)) return ModerationOutcome.NotFound;

        Forget(sequence);
        return ModerationOutcome.Done;
    }

    private void Forget(long sequence)
    {
        _recent.Remove(sequence);
        Notify(new RoomNotice(RoomNoticeKind.MessageDeleted, Sequence: sequence));
    }

    private async Task<ImmutableArray<PostReply>> Say(ImmutableArray<Posting> postings)
    {
        var (replies, said, muted) = (new PostReply[postings.Length], new List<RoomMessage>(postings.Length), (List<int>?)null);
        for (var index = 0; index < postings.Length; index++)
        {
            if (!_members.TryGetValue(postings[index].SessionId, out var member)) replies[index] = new PostReply(PostOutcome.NotMember, _activation);
            else if (IsMuted(member)) (muted ??= []).Add(index);
            else replies[index] = Accept(member, postings[index], said);
        }
        var adding = Add(said);
        // Whether that still holds must be looked up: the others' messages do not wait for it.
        if (muted is not null) await Task.WhenAll(adding, SayUnlessMuted(postings, muted, replies));
        if (await adding is { Count: > 0 } before)
        {
            foreach (ref var reply in replies.AsSpan()) reply = Corrected(reply, before);
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(replies);
    }

    private async Task SayUnlessMuted(ImmutableArray<Posting> postings, List<int> muted, PostReply[] replies)
    {
        foreach (var index in muted)
        {
            try
            {
                if (!_members.TryGetValue(postings[index].SessionId, out var member))
                {
                    replies[index] = new PostReply(PostOutcome.NotMember, _activation);
                }
                else if (await MutedFor(member) is var left && left > TimeSpan.Zero)
                {
                    replies[index] = new PostReply(PostOutcome.Muted, _activation, 0, left);
                }
                else
                {
                    var said = new List<RoomMessage>(1);
                    var accepted = Accept(member, postings[index], said);
                    replies[index] = Corrected(accepted, await Add(said));
                }
            }
            catch (Exception)
            {
                replies[index] = new PostReply(PostOutcome.Failed, _activation);
            }
        }
    }

    /// <summary>Gives a message its number, if there is room for it; it is then said.</summary>
    private PostReply Accept(RoomMember member, Posting posting, List<RoomMessage> said)
    {
        var (_, body, nonce) = posting;
        if (body.Length > options.Value.MaxMessageLength) return new PostReply(PostOutcome.TooLong, _activation);
        if (!_isEphemeral && store.IsFull) return new PostReply(PostOutcome.Busy, _activation);
        if (_isEphemeral && nonce is not null && WasSaid(member.Key, nonce, said)) return new PostReply(PostOutcome.Posted, _activation);
        var message = new RoomMessage(++_sequence, time.GetUtcNow(), member.Key, body, RankOf(member.Key), nonce);
        if (!_isEphemeral) store.Expect(message);
        said.Add(message);
        return new PostReply(PostOutcome.Posted, _activation, message.Sequence);
    }

    private bool WasSaid(string author, string nonce, List<RoomMessage> said) =>
        _recent.Contains(author, nonce) || said.Exists(message => message.Nonce == nonce && message.Author == author);

    private static PostReply Corrected(PostReply reply, IReadOnlySet<long> before) =>
        before.Contains(reply.Sequence) ? reply with { Sequence = 0 } : reply;

    /// <summary>Returns when they are stored, if they have to be, and told.</summary>
    /// <returns>The numbers of those that were said before, and are not said again.</returns>
    private Task<IReadOnlySet<long>> Add(List<RoomMessage> said)
    {
        if (said.Count == 0) return NoneBefore;
        if (_isEphemeral)
        {
            Publish(said);
            return NoneBefore;
        }
        _pending.AddRange(said);
        if (Activity.Current is { } caller) _pendingCallers.Add(caller);
        var stored = _pendingStored.Task;
        if (!_isStoring) _ = StorePending();
        return stored;
    }

    private async Task OpenLog()
    {
        _isEphemeral = options.Value.Ephemeral.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Name, ignoreCase: false));
        // The next life of an ephemeral room must go on above the last, which nobody has noted: a clock does that.
        _sequence = _isEphemeral ? time.GetUtcNow().ToUnixTimeMilliseconds() * 1000 : await store.FindNewest(Name);
        _published = _sequence;
        _recent.BeginAfter(_sequence);
    }

    /// <summary>Stores what is pending, again and again until nothing is; only then does anybody hear of it.</summary>
    private async Task StorePending()
    {
        _isStoring = true;
        while (_pending.Count > 0)
        {
            var (messages, stored) = (_pending, _pendingStored);
            (_pending, _pendingStored) = ([], NewSource());
            using var span = BatchSpan.Begin("room store", _pendingCallers);
            _pendingCallers.Clear();
            IReadOnlySet<long> before;
            try
            {
                before = await store.Add(Name, messages);
            }
            catch (Exception failure)
            {
                // Whether it was stored is not known, or another activation has the numbers: the next one reads what is true.
                stored.SetException(failure);
                if (_pending.Count > 0) _pendingStored.SetException(failure);
                store.Forget(_pending);
                (_pending, _pendingStored) = ([], NewSource());
                DeactivateOnIdle();
                break;
            }
            if (before.Count > 0) messages = messages.FindAll(message => !before.Contains(message.Sequence));
            if (messages.Count > 0) Publish(messages);
            stored.SetResult(before);
        }
        _isStoring = false;
    }

    private void Publish(List<RoomMessage> messages)
    {
        _recent.Add(messages);
        _published = messages[^1].Sequence;
        foreach (var feed in _feeds.Values)
        {
            feed.Add(messages);
            PushNews(feed);
        }
    }

    private static RoomPage Page(IEnumerable<RoomMessage> found, int limit, long upTo)
    {
        var (page, bytes) = (ImmutableArray.CreateBuilder<RoomMessage>(), 0);
        foreach (var message in found)
        {
            bytes += message.Body.Length;
            if (page.Count == limit || (page.Count > 0 && bytes > PageBytes)) return new RoomPage(page.ToImmutable(), page[^1].Sequence, HasMore: true);
            page.Add(message);
        }
        return new RoomPage(page.ToImmutable(), upTo, HasMore: false);
    }

    private static TaskCompletionSource<IReadOnlySet<long>> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
