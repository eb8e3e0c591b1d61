using Orleans.Runtime;

namespace Gatehouse.GrainInterfaces;

/// <summary>A call that is made again because nobody knows what became of the first: if that was done, its answer is wanted.</summary>
public static class RepeatedCall
{
    private const string Key = "gatehouse.repeated";

    /// <summary>Whether the call that is being handled is one.</summary>
    public static bool IsBeingHandled => RequestContext.Get(Key) is true;

    /// <summary>The calls that follow in this flow are repetitions.</summary>
    public static void Mark() => RequestContext.Set(Key, true);

    /// <summary>The calls that follow in this flow are none.</summary>
    public static void Forget() => RequestContext.Remove(Key);
}
