namespace Gatehouse.GrainInterfaces;

/// <summary>
/// Marks a call whose repetition would be seen: a message said twice, a second account. Every other call can be repeated, and is
/// when the silo that had it was lost (<see cref="LostSiloRetry"/>); the caller of this one is told that it failed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AtMostOnceAttribute : Attribute;
