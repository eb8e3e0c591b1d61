using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery.Rooms;

/// <summary>
/// What members here say to a room. One call is under way at a time: what is said meanwhile goes together in the next, and each reply brings
/// what the room tells, so that whoever is talking is not pushed to.
/// </summary>
/// <param name="gatewayId">This process.</param>
/// <param name="room">The room.</param>
/// <param name="told">Takes what the room tells: by its name, because who has posted may have left before the reply comes.</param>
internal sealed class RoomPosts(string gatewayId, LocalRoom room, Action<RoomUpdate> told)
{
    private const int MaxMessages = 500;

    /// <summary>Most bytes that go together, unless it is a single message.</summary>
    private const int MaxSize = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(Posting Posting, TaskCompletionSource<PostReply> Answer, Activity? Caller)> _gathered = new();
    private bool _isUnderWay;

    /// <summary>Sends a message; the room's news have been handed out when this returns.</summary>
    public Task<PostReply> Post(Posting posting)
    {
        // Goes on where the reply arrived, one sender after the other: what they say next gathers meanwhile.
        var answer = new TaskCompletionSource<PostReply>();
        lock (_gate)
        {
            _gathered.Enqueue((posting, answer, Activity.Current));
            if (_isUnderWay) return answer.Task;
            _isUnderWay = true;
        }
        _ = PostGathered();
        return answer.Task;
    }

    private async Task PostGathered()
    {
        var (answers, callers) = (new List<TaskCompletionSource<PostReply>>(), new List<Activity?>());
        // What came in the same read as the first goes with it.
        await Task.Yield();
        while (Gather(answers, callers) is { IsEmpty: false } batch)
        {
            try
            {
                using var span = BatchSpan.Begin("room post", callers);
                await Post(batch, answers, isFirst: true);
            }
            catch (Exception failure)
            {
                // With the reply the news are lost that it would have brought.
                _ = room.CatchUp();
                foreach (var answer in answers) answer.TrySetException(failure);
            }
            answers.Clear();
            callers.Clear();
            // Before the next call brings more.
            await Writers.HaveTheirTurn();
        }
    }

    private async Task Post(ImmutableArray<Posting> postings, List<TaskCompletionSource<PostReply>> answers, bool isFirst)
    {
        var (replies, news) = await room.Grain.Post(gatewayId, postings);
        if (news is not null) told(news);
        if (replies.Max(reply => reply.Sequence) is > 0 and var newest) await room.WaitForDelivery(newest);
        var unknown = (List<int>?)null;
        for (var index = 0; index < replies.Length; index++)
        {
            if (isFirst && replies[index].Outcome == PostOutcome.NotMember) (unknown ??= []).Add(index);
            else answers[index].SetResult(replies[index]);
        }
        if (unknown is null) return;
        // The room may have begun a new life, and not know who is here.
        await room.Reconcile();
        await Post([.. unknown.Select(index => postings[index])], [.. unknown.Select(index => answers[index])], isFirst: false);
    }

    /// <summary>Takes what fits into a call; nothing when there is nothing, and the next to speak begins anew.</summary>
    private ImmutableArray<Posting> Gather(List<TaskCompletionSource<PostReply>> answers, List<Activity?> callers)
    {
        lock (_gate)
        {
            var batch = new Posting[Fitting()];
            for (var index = 0; index < batch.Length; index++)
            {
                (batch[index], var answer, var caller) = _gathered.Dequeue();
                answers.Add(answer);
                callers.Add(caller);
            }
            _isUnderWay = batch.Length > 0;
            return ImmutableCollectionsMarshal.AsImmutableArray(batch);
        }
    }

    // The caller holds the lock.
    private int Fitting()
    {
        var (count, size) = (0, 0);
        foreach (var (posting, _, _) in _gathered)
        {
            size += posting.Body.Length;
            if (count == MaxMessages || (count > 0 && size > MaxSize)) break;
            count++;
        }
        return count;
    }
}
