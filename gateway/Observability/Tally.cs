using System.Diagnostics.Metrics;

namespace Gatehouse.Gateway.Observability;

/// <summary>One series of a counter, for what is counted too often to look for the series by its tags each time.</summary>
public sealed class Tally(params KeyValuePair<string, object?>[] tags)
{
    private long _count;

    public void Add(int count) => Interlocked.Add(ref _count, count);

    internal Measurement<long> Measure() => new(Volatile.Read(ref _count), tags);
}
