namespace Orleans.Concurrency;

/// <summary>
/// On a method of a grain interface: a call may start whenever no turn runs, even in the midst of other calls.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
