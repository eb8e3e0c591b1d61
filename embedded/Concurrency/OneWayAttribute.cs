namespace Orleans.Concurrency;

/// <summary>
/// On a method of a grain or observer interface: the caller does not wait and learns of no failure; failures are
/// logged.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
