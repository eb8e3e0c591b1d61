namespace Orleans.Runtime;

/// <summary>The engine stops and takes no calls from outside any more.</summary>
public sealed class SiloUnavailableException(string message) : OrleansException(message);
