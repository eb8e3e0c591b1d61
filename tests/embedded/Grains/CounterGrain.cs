namespace Gatehouse.Embedded.Tests.Grains;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Increment();

    Task<int> Get();

    Task Do(Func<IPersistentState<CounterState>, Task> work);

    Task IncrementOther(string key);
}

public sealed class CounterState
{
    public int Count { get; set; }
}

public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state)
    : Grain, ICounterGrain
{
    public async Task<int> Increment()
    {
        state.State.Count++;
        await state.WriteStateAsync();
        return state.State.Count;
    }

    public Task<int> Get() => Task.FromResult(state.State.Count);

    public Task Do(Func<IPersistentState<CounterState>, Task> work) => work(state);

    public Task IncrementOther(string key) => GrainFactory.GetGrain<ICounterGrain>(key).Increment();
}
