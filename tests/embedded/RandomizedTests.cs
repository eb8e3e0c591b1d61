using System.Collections.Concurrent;
using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

/// <summary>
/// Random programs: some callers send random kinds of calls to a few grains that pause, hop to the pool, and end at
/// random. Whatever the schedule, no two turns of one grain overlap, writers are alone, no call is lost, and each
/// caller's calls start in order.
/// </summary>
public sealed class RandomizedTests
{
    private const int Callers = 6, CallsPerCaller = 60, Grains = 3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    private enum Kind
    {
        Write,
        Read,
        Interleave,
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task TheRulesHoldForAnySchedule(int seed)
    {
        await using var engine = await Engine.Start();
        var watches = Enumerable.Range(0, Grains).Select(_ => new Watch()).ToArray();
        var random = new Random(seed);
        var programs = Enumerable.Range(0, Callers).Select(_ => random.Next()).ToList();
        await Task.WhenAll(programs.Select(
            (callerSeed, caller) => Task.Run(() => RunCaller(engine, watches, caller, callerSeed)))).InTime();

        Assert.All(watches, watch => Assert.Empty(watch.Broken));
        Assert.Equal(Callers * CallsPerCaller, watches.Sum(watch => watch.Ended));
    }

    private static async Task RunCaller(Engine engine, Watch[] watches, int caller, int seed)
    {
        var random = new Random(seed);
        var calls = new List<Task>();
        for (var number = 0; number < CallsPerCaller; number++)
        {
            var grain = random.Next(Grains);
            var (kind, steps, ends, order) = ((Kind)random.Next(3), random.Next(5), random.Next(15) == 0, number);
            var hops = random.Next();
            Task Work() => watches[grain].Run(kind, caller, order, steps, new Random(hops));
            var worker = engine.Worker($"{grain}");
            calls.Add(kind switch
            {
                Kind.Read => worker.Read(Work),
                Kind.Interleave => worker.Interleave(Work),
                _ => worker.DoWithSelf(self =>
                {
                    if (ends) self.End();
                    return Work();
                }),
            });
            if (random.Next(4) == 0) await calls[random.Next(calls.Count)];
        }

        await Task.WhenAll(calls);
    }

    /// <summary>Watches one grain from inside its turns.</summary>
    private sealed class Watch
    {
        private readonly ConcurrentDictionary<int, int> _lastStarted = new();
        private int _inside, _writers, _readers;

        public ConcurrentQueue<string> Broken { get; } = new();

        public int Ended { get; private set; }

        public async Task Run(Kind kind, int caller, int order, int steps, Random random)
        {
            Turn(() =>
            {
                // Interleaving calls may overtake; the others start in the order in which their caller made them.
                if (kind == Kind.Interleave) return;
                var last = _lastStarted.GetValueOrDefault(caller, -1);
                if (last > order) Broken.Enqueue($"{caller}: {last} overtook {order}");
                _lastStarted[caller] = order;
                if (kind == Kind.Write) _writers++;
                else _readers++;
                if (_writers > 1 || (_writers > 0 && _readers > 0)) Broken.Enqueue($"{caller}: {order} is not alone");
            });
            for (var step = 0; step < steps; step++)
            {
                if (random.Next(2) == 0) await Task.Yield();
                else await Task.Run(() => Thread.SpinWait(50));
                Turn(() => { });
            }

            Turn(() =>
            {
                if (kind == Kind.Write) _writers--;
                if (kind == Kind.Read) _readers--;
                Ended++;
            });
        }

        private void Turn(Action action)
        {
            if (Interlocked.Increment(ref _inside) > 1) Broken.Enqueue("two turns at once");
            action();
            Interlocked.Decrement(ref _inside);
        }
    }
}
