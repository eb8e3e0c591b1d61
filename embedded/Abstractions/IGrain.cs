using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// Marks a grain interface. Its methods return <see cref="Task"/>, <see cref="Task{TResult}"/>,
/// <see cref="ValueTask"/>, <see cref="ValueTask{TResult}"/> or nothing. This engine passes arguments and results <b>by
/// reference</b>, so every type that crosses a call must be immutable.
/// </summary>
public interface IGrain : IAddressable;
