using System.Threading.RateLimiting;

namespace Gatehouse.Gateway.Limits;

/// <summary>Whether something may be done now. Held while it is done, and disposed of then.</summary>
public readonly struct Admission : IDisposable
{
    private readonly RateLimitLease? _place;

    private Admission(RateLimitLease? place, int? retryAfter) => (_place, RetryAfter) = (place, retryAfter);

    /// <summary>It may be done, and holds up nobody.</summary>
    public static Admission Granted => default;

    /// <summary>Whether it may.</summary>
    public bool IsGranted => RetryAfter is null;

    /// <summary>If not: after how many seconds it may be tried again, at least one.</summary>
    public int? RetryAfter { get; }

    /// <summary>It may be done, and until that is over somebody else may wait for the place.</summary>
    public static Admission In(RateLimitLease place) => new(place, null);

    /// <summary>It may not be done yet.</summary>
    public static Admission Refused(TimeSpan retryAfter) => new(null, Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)));

    public void Dispose() => _place?.Dispose();
}
