using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>How a grain timer ticks.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>A timer that does not interleave and does not keep its activation alive.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>
    /// Time to the first tick; <see cref="Timeout.InfiniteTimeSpan"/> for none until <see cref="IGrainTimer.Change"/>.
    /// </summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>
    /// Time from the end of a tick to the next one; <see cref="Timeout.InfiniteTimeSpan"/> for a single tick.
    /// </summary>
    public required TimeSpan Period { get; init; }

    /// <summary>
    /// Whether a tick may start in the midst of calls and other ticks, as <c>[AlwaysInterleave]</c> does. Default: no.
    /// </summary>
    public bool Interleave { get; init; }

    /// <summary>
    /// Whether a tick counts as use, so that a timer which ticks often enough keeps its activation. Default: no.
    /// </summary>
    public bool KeepAlive { get; init; }
}
