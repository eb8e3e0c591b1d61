namespace Orleans.Concurrency;

/// <summary>On a grain class: all its calls and timers may interleave. Turns still never overlap.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
