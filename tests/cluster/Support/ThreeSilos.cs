using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Orleans.Runtime;

namespace Gatehouse.Cluster.Tests.Support;

/// <summary>Starting three silos takes seconds, so all tests share them.</summary>
[CollectionDefinition(nameof(ThreeSilos))]
public sealed class ThreeSilosCollection : ICollectionFixture<ThreeSilos>;

/// <summary>A house whose grains are spread over three silos.</summary>
public sealed class ThreeSilos : House
{
    protected override short Silos => 3;

    /// <summary>Three gateways.</summary>
    internal Task<GatewayWatch[]> Gateways() => Task.WhenAll(Enumerable.Range(0, 3).Select(_ => GatewayWatch.Start(this)));

    /// <summary>
    /// Does something with all of these at once; as soon as enough calls were answered, a silo is lost. What it gave for each, or null
    /// when nobody knows.
    /// </summary>
    internal async Task<T?[]> LosingASilo<TItem, T>(int enough, IEnumerable<TItem> items, Func<TItem, Answered, Task<T>> act)
        where T : class
    {
        var answered = new Answered(enough);
        var all = Task.WhenAll(items.Select(item => OrNull(() => act(item, answered))));
        await Task.WhenAny(answered.Enough, all).InTime();
        Assert.False(all.IsCompleted, "Nothing was under way when the silo was lost.");
        await Host.ReplaceOne();
        return await all;
    }

    /// <summary>What a call gave; null when it broke off, so that nobody knows whether it was done.</summary>
    internal static async Task<T?> OrNull<T>(Func<Task<T>> call) where T : class
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What was said in a room, as it is stored.</summary>
    internal async Task<List<string>> Said(string room) => [.. (await Database.Values<string>(
        "SELECT body::json ->> 'content' FROM room_messages WHERE room = $1 ORDER BY sequence", room))];

    /// <summary>Says something until it is known to have been said; whoever the room does not know comes in again.</summary>
    internal static async Task<PostReply?> Say(Talker talker, string text)
    {
        var reply = await OrNull(() => talker.Post(text));
        if (reply?.Outcome != PostOutcome.NotMember) return reply;
        await talker.Join();
        return await OrNull(() => talker.Post(text));
    }
}

/// <summary>Counts what was answered.</summary>
/// <param name="enough">How many are enough.</param>
internal sealed class Answered(int enough)
{
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Task Enough => _enough.Task;

    public void Add()
    {
        if (Interlocked.Increment(ref _count) == enough) _enough.SetResult();
    }
}
