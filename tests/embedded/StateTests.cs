using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Gatehouse.Embedded.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task StateOutlivesTheActivation()
    {
        await using var engine = await Engine.Start();
        var counter = engine.Grains.GetGrain<ICounterGrain>("a");
        Assert.Equal(1, await counter.Increment().InTime());
        Assert.Equal(2, await counter.Increment().InTime());
        engine.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(3, await counter.Increment().InTime());
        Assert.Equal(0, await engine.Grains.GetGrain<ICounterGrain>("b").Get().InTime());
    }

    [Fact]
    public async Task AConflictReachesTheCallerAndTheNextCallReadsAnew()
    {
        await using var engine = await Engine.Start();
        var counter = engine.Grains.GetGrain<ICounterGrain>("a");
        await counter.Increment().InTime();
        await WriteBehindItsBack(engine, "a", 100);
        await Assert.ThrowsAsync<InconsistentStateException>(() => counter.Increment().InTime());
        Assert.Equal(100, await counter.Get().InTime());
        Assert.Equal(101, await counter.Increment().InTime());
    }

    [Fact]
    public async Task AConflictEndsTheGrainThatHadItAndNotItsCaller()
    {
        await using var engine = await Engine.Start();
        var caller = engine.Grains.GetGrain<ICounterGrain>("caller");
        await caller.IncrementOther("a").InTime();
        await caller.Do(state =>
        {
            state.State.Count = 42;
            return Task.CompletedTask;
        }).InTime();
        await WriteBehindItsBack(engine, "a", 100);
        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.IncrementOther("a").InTime());
        Assert.Equal(42, await caller.Get().InTime());
    }

    [Fact]
    public async Task ClearedStateIsEmptyAndHasNoRecord()
    {
        await using var engine = await Engine.Start();
        var counter = engine.Grains.GetGrain<ICounterGrain>("a");
        await counter.Increment().InTime();
        await counter.Do(async state =>
        {
            Assert.True(state.RecordExists);
            Assert.Equal("1", state.Etag);
            await state.ClearStateAsync();
            Assert.False(state.RecordExists);
            Assert.Null(state.Etag);
            Assert.Equal(0, state.State.Count);
        }).InTime();
        Assert.Equal(1, await counter.Increment().InTime());
    }

    [Fact]
    public async Task StateMayBeTouchedInTheGrainsTurnOnly()
    {
        await using var engine = await Engine.Start();
        var stop = TestContext.Current.CancellationToken;
        await engine.Grains.GetGrain<ICounterGrain>("a").Do(async state =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => state.State.Count++, stop));
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => Task.Run(() => state.WriteStateAsync(stop), stop));
        }).InTime();
    }

    [Fact]
    public async Task OverlappingWritesFollowEachOtherAndThoseThatWaitBecomeOne()
    {
        var storage = new ManualStorage();
        await using var engine = await Engine.Start(add: services => services.AddSingleton<IGrainStorage>(storage));
        await engine.Grains.GetGrain<ICounterGrain>("a").Do(async state =>
        {
            state.State.Count = 1;
            var first = state.WriteStateAsync();
            state.State.Count = 2;
            var second = state.WriteStateAsync();
            state.State.Count = 3;
            var third = state.WriteStateAsync();
            Assert.Equal(["""{"Count":1}"""], storage.Written);
            storage.Writes.Dequeue().SetResult();
            await first;
            await Task.Yield();
            Assert.Equal(["""{"Count":1}""", """{"Count":3}"""], storage.Written);
            Assert.False(second.IsCompleted || third.IsCompleted);
            storage.Writes.Dequeue().SetResult();
            await Task.WhenAll(second, third);
        }).InTime();
    }

    [Fact]
    public async Task AStateThatCannotBeReadFailsTheCallAndTheNextCallTriesAgain()
    {
        var storage = new ManualStorage { OnRead = () => Task.FromException(new InvalidTimeZoneException("read")) };
        await using var engine = await Engine.Start(add: services => services.AddSingleton<IGrainStorage>(storage));
        var counter = engine.Grains.GetGrain<ICounterGrain>("a");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => counter.Get().InTime());
        storage.OnRead = () => Task.CompletedTask;
        Assert.Equal(0, await counter.Get().InTime());
    }

    private static async Task WriteBehindItsBack(Engine engine, string key, int count)
    {
        var storage = engine.Host.Services.GetRequiredService<IGrainStorage>();
        var record = new GrainState<CounterState>();
        await storage.ReadStateAsync("counter", GrainId.Create("counter", key), record);
        record.State = new CounterState { Count = count };
        await storage.WriteStateAsync("counter", GrainId.Create("counter", key), record);
    }
}
