using System.Diagnostics;

namespace Gatehouse.GrainInterfaces;

/// <summary>
/// The spans of what is done once for several callers: source <c>Gatehouse.Batches</c>. Such a span is part of one caller's trace, and
/// has a link to the span of each other one.
/// </summary>
public static class BatchSpan
{
    private static readonly ActivitySource Source = new("Gatehouse.Batches");

    /// <summary>Begins one, which ends when it is disposed of; whatever the flow that begins it was part of, this is not.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="callers">The span of each caller, <see cref="Activity.Current"/> when it called; null for who had none.</param>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? Begin(string name, IEnumerable<Activity?> callers)
    {
        if (!Source.HasListeners()) return null;
        Activity.Current = null;
        var spans = callers.OfType<Activity>().Distinct().ToList();
        var parent = spans.Find(span => span.Recorded) ?? spans.FirstOrDefault();
        return Source.StartActivity(
            name,
            ActivityKind.Internal,
            parent?.Context ?? default,
            links: spans.Where(span => span != parent && span.Recorded).Select(span => new ActivityLink(span.Context)));
    }

    /// <summary>What is being done is done for others too: the current span gets a link to each that is of another trace.</summary>
    public static void Share(IEnumerable<Activity> callers)
    {
        if (Activity.Current is not { IsAllDataRequested: true } current) return;
        foreach (var other in callers.Distinct().Where(other => other.Recorded && other.TraceId != current.TraceId))
        {
            current.AddLink(new ActivityLink(other.Context));
        }
    }
}
