namespace Orleans.Runtime;

/// <summary>A timer of one activation. Disposing stops it; the activation's end does so too.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>
    /// Sets new times. Called within the timer's own callback, it takes effect when the callback is done.
    /// </summary>
    /// <param name="dueTime">Time to the next tick; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="period">
    /// Time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for a single tick.
    /// </param>
    void Change(TimeSpan dueTime, TimeSpan period);
}
