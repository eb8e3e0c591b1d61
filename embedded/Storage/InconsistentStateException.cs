using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// Storage has another version than the grain thought. When it escapes from a grain's call or timer, the activation
/// that threw it ends, so that the next call reads the state anew; the caller gets the exception.
/// </summary>
public class InconsistentStateException : OrleansException
{
    /// <summary>With a message.</summary>
    public InconsistentStateException(string message) : base(message)
    {
    }

    /// <summary>With both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : base(errorMsg)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The version in storage, where known.</summary>
    public string? StoredEtag { get; }

    /// <summary>The version that the grain had.</summary>
    public string? CurrentEtag { get; }

    // The exception passes up through other grains, whose state is sound: only the one that threw it ends.
    internal bool IsSourceActivation { get; set; } = true;
}
