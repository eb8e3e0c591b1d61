using System.Diagnostics;
using Gatehouse.GrainInterfaces;
using Npgsql;

namespace Gatehouse.Grains.Storage;

/// <summary>
/// Has one statement do what many ask for: what comes while one is on its way goes together into the next. Whoever is alone waits for
/// nobody. Safe to use from any thread and from any grain's turn, which it does not take.
/// </summary>
/// <typeparam name="TItem">What is asked for.</typeparam>
/// <typeparam name="TResult">What comes of it.</typeparam>
/// <param name="name">What is done, as the name of its span.</param>
/// <param name="maxWeight">Most that goes together, unless it is a single item.</param>
/// <param name="run">Does it; returns a result for each item, in their order. What it leaves behind when it throws is nothing.</param>
/// <param name="weigh">How much an item counts; 1 when it is not given.</param>
internal sealed class Grouping<TItem, TResult>(
    string name, int maxWeight, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> run, Func<TItem, int>? weigh = null)
{
    private readonly Lock _gate = new();
    private List<Waiting> _waiting = [];
    private bool _isRunning;

    /// <summary>Returns when it is done.</summary>
    public Task<TResult> Add(TItem item)
    {
        var added = new Waiting(item, Activity.Current, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiting.Add(added);
            if (_isRunning) return added.Done.Task;
            _isRunning = true;
        }
        _ = Task.Run(RunAll);
        return added.Done.Task;
    }

    private async Task RunAll()
    {
        while (Take() is { Count: > 0 } taken)
        {
            using var span = BatchSpan.Begin(name, taken.Select(waiting => waiting.Caller));
            await Run(taken);
        }
    }

    /// <summary>Takes what goes together; nothing when there is nothing, and the next to come begins anew.</summary>
    private List<Waiting> Take()
    {
        lock (_gate)
        {
            var (count, weight) = (0, 0);
            while (count < _waiting.Count)
            {
                weight += weigh?.Invoke(_waiting[count].Item) ?? 1;
                if (count > 0 && weight > maxWeight) break;
                count++;
            }
            _isRunning = count > 0;
            var taken = _waiting;
            if (count == taken.Count)
            {
                _waiting = [];
                return taken;
            }
            _waiting = taken.GetRange(count, taken.Count - count);
            return taken.GetRange(0, count);
        }
    }

    private async Task Run(List<Waiting> taken)
    {
        try
        {
            var results = await run(taken.ConvertAll(waiting => waiting.Item));
            for (var index = 0; index < taken.Count; index++) taken[index].Done.SetResult(results[index]);
        }
        catch (PostgresException refused) when (taken.Count > 1 && !refused.IsTransient)
        {
            // What is wrong with one of them, the others must not suffer for.
            foreach (var waiting in taken) await Run([waiting]);
        }
        catch (Exception failure)
        {
            foreach (var waiting in taken) waiting.Done.TrySetException(failure);
        }
    }

    private sealed record Waiting(TItem Item, Activity? Caller, TaskCompletionSource<TResult> Done);
}
