namespace Orleans.Runtime;

/// <summary>A grain or an observer has as many waiting calls as the options allow, and takes no more for now.</summary>
public sealed class LimitExceededException(string message) : OrleansException(message);
