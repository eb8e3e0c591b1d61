using Orleans.Runtime;

namespace Gatehouse.GrainInterfaces;

/// <summary>A call was not done, because one that its gateway made later, after it had given others up, came before it.</summary>
[GenerateSerializer, Alias("Gatehouse.CallOvertakenException")]
public sealed class CallOvertakenException() : OrleansException("A later call of the same gateway came first.");
