using System.Collections.Concurrent;

namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Operations that overlapped, and what came of each.</summary>
/// <typeparam name="TState">All that a small sequential model knows. Compared by value.</typeparam>
internal sealed class History<TState> where TState : class
{
    private readonly ConcurrentQueue<Operation> _operations = new();
    private int _clock;

    /// <summary>Does something, and notes what came of it.</summary>
    /// <param name="name">Tells people what it was.</param>
    /// <param name="act">Does it.</param>
    /// <param name="follow">The model's next state; null when this could not come of it in the state before.</param>
    public async Task<T> Note<T>(string name, Func<Task<T>> act, Func<TState, T, TState?> follow)
    {
        var began = Interlocked.Increment(ref _clock);
        var outcome = await act();
        _operations.Enqueue(new($"{name} → {outcome}", began, Interlocked.Increment(ref _clock), state => follow(state, outcome)));
        return outcome;
    }

    /// <summary>
    /// Whether the operations can be put into an order in which each gave what the model gives, and none comes before one that had ended when
    /// it began: Wing and Gong's search.
    /// </summary>
    public bool IsLinearizable(TState initial)
    {
        var (all, seen) = (_operations.ToArray(), new HashSet<(ulong, TState)>());
        return From(0, initial);

        bool From(ulong done, TState state)
        {
            if (done == (1UL << all.Length) - 1) return true;
            if (!seen.Add((done, state))) return false;
            var left = Enumerable.Range(0, all.Length).Where(index => (done & 1UL << index) == 0).ToList();
            var firstEnd = left.Min(index => all[index].Ended);
            return left.Any(index => all[index].Began < firstEnd
                && all[index].Follow(state) is { } next && From(done | 1UL << index, next));
        }
    }

    /// <summary>In the order in which they began.</summary>
    public override string ToString() => string.Join(
        '\n', _operations.OrderBy(operation => operation.Began).Select(it => $"{it.Began,3}–{it.Ended,3} {it.What}"));

    private sealed record Operation(string What, int Began, int Ended, Func<TState, TState?> Follow);
}
