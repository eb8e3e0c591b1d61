using System.IO.Enumeration;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <content>The messages and their order.</content>
public sealed partial class RoomGrain
{
    private readonly Queue<RoomMessage> _recent = new();
    private List<RoomMessage> _pending = [];
    private TaskCompletionSource _pendingStored = NewSource();
    private bool _isStoring;

    /// <summary>Whether the messages are in no table.</summary>
    private bool _isEphemeral;

    /// <summary>The newest number that was given.</summary>
    private long _sequence;

    /// <summary>The newest number that anybody may hear of.</summary>
    private long _published;

    /// <summary>The number of the newest message that has left <see cref="_recent"/>.</summary>
    private long _forgotten;

    public async Task<PostReply> Post(string sessionId, string body)
    {
        if (!_members.TryGetValue(sessionId, out var member)) return new PostReply(PostOutcome.NotMember, _activation);
        if (IsMuted(member) && await MutedFor(member) is var left && left > TimeSpan.Zero) return new PostReply(PostOutcome.Muted, _activation, 0, left);
        if (body.Length > options.Value.MaxMessageLength) return new PostReply(PostOutcome.TooLong, _activation);
        if (!_isEphemeral && store.IsFull) return new PostReply(PostOutcome.Busy, _activation);

        var message = new RoomMessage(++_sequence, time.GetUtcNow(), member.Key, body);
        if (_isEphemeral)
        {
            Publish([message]);
        }
        else
        {
            _pending.Add(message);
            var stored = _pendingStored.Task;
            if (!_isStoring) _ = StorePending();
            await stored;
        }
        return new PostReply(PostOutcome.Posted, _activation, message.Sequence);
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
        if (after >= _forgotten || _isEphemeral)
        {
            var recent = _recent.Where(message => message.Sequence > after && message.Sequence <= upTo).Take(limit + 1).ToList();
            return Page(recent, limit, upTo);
        }
        return Page(await store.Read(Name, after, upTo, limit + 1), limit, upTo);
    }

    public async Task<RoomPage> ReadBack(long? before, int limit)
    {
        limit = Math.Clamp(limit, 1, 1000);
        if (_isEphemeral) return new RoomPage([], 0, HasMore: false);
        var page = await store.ReadBack(Name, Math.Min(before ?? long.MaxValue, _published + 1), limit + 1);
        return new RoomPage([.. page.Take(limit)], _published, page.Count > limit);
    }

    public async Task<ModerationOutcome> DeleteMessage(string sessionId, long sequence)
    {
        if (!_members.TryGetValue(sessionId, out var member)) return ModerationOutcome.NotMember;
        var author = _recent.FirstOrDefault(message => message.Sequence == sequence)?.Author
            ?? (_isEphemeral ? null : await store.FindAuthor(Name, sequence));
        var isModerator = await LevelOf(member.Key) <= RoomLevel.Moderator;
        if (author is null) return isModerator ? ModerationOutcome.NotFound : ModerationOutcome.NotAllowed;
        if (!isModerator && author != member.Key) return ModerationOutcome.NotAllowed;
        if (!_isEphemeral && !await store.Delete(Name, sequence)) return ModerationOutcome.NotFound;

        var kept = _recent.Where(message => message.Sequence != sequence).ToList();
        _recent.Clear();
        foreach (var message in kept) _recent.Enqueue(message);
        Notify(new RoomNotice(RoomNoticeKind.MessageDeleted, Sequence: sequence));
        return ModerationOutcome.Done;
    }

    private async Task OpenLog()
    {
        _isEphemeral = options.Value.Ephemeral.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Name, ignoreCase: false));
        // The next life of an ephemeral room must go on above the last, which nobody has noted: a clock does that.
        _sequence = _isEphemeral ? time.GetUtcNow().ToUnixTimeMilliseconds() * 1000 : await store.FindNewest(Name);
        _published = _forgotten = _sequence;
    }

    /// <summary>Stores what is pending, again and again until nothing is; only then does anybody hear of it.</summary>
    private async Task StorePending()
    {
        _isStoring = true;
        while (_pending.Count > 0)
        {
            var (messages, stored) = (_pending, _pendingStored);
            (_pending, _pendingStored) = ([], NewSource());
            try
            {
                await store.Add(Name, messages);
            }
            catch (Exception failure)
            {
                // Whether it was stored is not known, or another activation has the numbers: the next one reads what is true.
                stored.SetException(failure);
                if (_pending.Count > 0) _pendingStored.SetException(failure);
                (_pending, _pendingStored) = ([], NewSource());
                DeactivateOnIdle();
                break;
            }
            Publish(messages);
            stored.SetResult();
        }
        _isStoring = false;
    }

    private void Publish(List<RoomMessage> messages)
    {
        foreach (var message in messages)
        {
            _recent.Enqueue(message);
            if (_recent.Count > options.Value.Recent) _forgotten = _recent.Dequeue().Sequence;
        }
        _published = messages[^1].Sequence;
        foreach (var feed in _feeds.Values)
        {
            feed.Add(messages);
            if (!feed.IsBusy) _ = Push(feed);
        }
    }

    private static RoomPage Page(List<RoomMessage> found, int limit, long upTo)
    {
        var hasMore = found.Count > limit;
        if (hasMore) found.RemoveRange(limit, found.Count - limit);
        return new RoomPage([.. found], hasMore ? found[^1].Sequence : upTo, hasMore);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
