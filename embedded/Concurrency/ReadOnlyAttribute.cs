namespace Orleans.Concurrency;

/// <summary>
/// On a method of a grain interface: a call changes nothing, so it may interleave with other read-only calls.
/// </summary>
/// <remarks>
/// A read-only call does not overtake a waiting call that writes, so readers cannot starve writers. In Orleans it may.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
