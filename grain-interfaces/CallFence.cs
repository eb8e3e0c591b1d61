using Orleans.Runtime;

namespace Gatehouse.GrainInterfaces;

/// <summary>
/// Keeps calls of a gateway that it has given up from being done after others that it has made since: they may lie in a connection
/// that is cut, for as long as Orleans waits for an answer. What is said next goes another way, and would be overtaken.
/// </summary>
/// <remarks>In types that every version can read, because two versions run side by side.</remarks>
public static class CallFence
{
    private const string Key = "gatehouse.fence";

    /// <summary>Orleans' time-out: what has not arrived by then is dropped.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What the call that is being handled carries: how many times its gateway had given up calls before, and how much longer the last of
    /// them can arrive; null when it is long since.
    /// </summary>
    public static (long Number, TimeSpan Left)? OfCall => RequestContext.Get(Key) as (long, TimeSpan)?;

    /// <summary>The calls that follow in this flow are made after calls were given up so many times.</summary>
    public static void Set(long number, TimeSpan left) => RequestContext.Set(Key, (number, left));

    /// <summary>The calls that follow in this flow carry nothing.</summary>
    public static void Forget() => RequestContext.Remove(Key);
}
