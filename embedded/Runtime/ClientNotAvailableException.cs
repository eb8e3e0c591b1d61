namespace Orleans.Runtime;

/// <summary>The observer that was called has been deleted.</summary>
public sealed class ClientNotAvailableException : OrleansException
{
    internal ClientNotAvailableException(string message) : base(message)
    {
    }
}
