using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class InterleavingTests
{
    private readonly Events _events = new();
    private readonly Signal _release = new();

    [Fact]
    public async Task ACallStartsOnlyWhenTheOneBeforeHasEnded()
    {
        await using var engine = await Engine.Start();
        var first = engine.Worker().Do(Step("first", _release.Task));
        var second = engine.Worker().Do(Step("second"));
        await _events.Expect("first starts");
        await Turns(engine);
        _events.ExpectNothing();
        _release.Set();
        await _events.Expect("first ends", "second starts", "second ends");
        await Task.WhenAll(first, second).InTime();
    }

    [Fact]
    public async Task CallsStartInTheOrderInWhichTheyWereMade()
    {
        await using var engine = await Engine.Start();
        var started = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => engine.Worker().Do(async () =>
        {
            started.Add(number);
            await Task.Yield();
        }))).InTime();
        Assert.Equal(Enumerable.Range(0, 200), started);
    }

    [Fact]
    public async Task AnAlwaysInterleaveCallStartsInTheMidstOfAnother()
    {
        await using var engine = await Engine.Start();
        var first = engine.Worker().Do(Step("first", _release.Task));
        await _events.Expect("first starts");
        await engine.Worker().Interleave(Step("second")).InTime();
        await _events.Expect("second starts", "second ends");
        _release.Set();
        await first.InTime();
    }

    [Fact]
    public async Task AnAlwaysInterleaveCallHoldsUpNoOther()
    {
        await using var engine = await Engine.Start();
        var first = engine.Worker().Interleave(Step("first", _release.Task));
        await engine.Worker().Do(Step("second")).InTime();
        await _events.Expect("first starts", "second starts", "second ends");
        _release.Set();
        await first.InTime();
    }

    [Fact]
    public async Task ReadOnlyCallsInterleaveWithEachOther()
    {
        await using var engine = await Engine.Start();
        var first = engine.Worker().Read(Step("first", _release.Task));
        await engine.Worker().Read(Step("second")).InTime();
        await _events.Expect("first starts", "second starts", "second ends");
        _release.Set();
        await first.InTime();
    }

    [Fact]
    public async Task AReadOnlyCallWaitsForAWriterAndDoesNotOvertakeOne()
    {
        await using var engine = await Engine.Start();
        var calls = new[]
        {
            engine.Worker().Read(Step("reader", _release.Task)),
            engine.Worker().Do(Step("writer")),
            engine.Worker().Read(Step("late reader")),
        };
        await _events.Expect("reader starts");
        await Turns(engine);
        _events.ExpectNothing();
        _release.Set();
        await _events.Expect(
            "reader ends", "writer starts", "writer ends", "late reader starts", "late reader ends");
        await Task.WhenAll(calls).InTime();
    }

    [Fact]
    public async Task AReentrantGrainInterleavesEverything()
    {
        await using var engine = await Engine.Start();
        var grain = engine.Grains.GetGrain<IReentrantGrain>("one");
        var first = grain.Do(Step("first", _release.Task));
        await grain.Do(Step("second")).InTime();
        await grain.Do(() => grain.Do(Step("third"))).InTime();
        await _events.Expect("first starts", "second starts", "second ends", "third starts", "third ends");
        _release.Set();
        await first.InTime();
    }

    // Two calls that interleave have gone through the queue: whatever could start before them has started.
    private static async Task Turns(Engine engine)
    {
        await engine.Worker().Interleave(() => Task.CompletedTask).InTime();
        await engine.Worker().Interleave(() => Task.CompletedTask).InTime();
    }

    private Func<Task> Step(string name, Task? until = null) => async () =>
    {
        _events.Add($"{name} starts");
        await (until ?? Task.CompletedTask);
        _events.Add($"{name} ends");
    };
}
