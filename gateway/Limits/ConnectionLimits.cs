namespace Gatehouse.Gateway.Limits;

/// <summary>
/// What one connection may still do: counts of its own for what comes often, and the shares of its address and accounts for what costs
/// much. For one event at a time.
/// </summary>
public sealed class ConnectionLimits(Limiter limiter, string address, LimitOptions options, TimeProvider time)
{
    /// <summary>What was saved up in so many seconds can be used at once.</summary>
    private const int Burst = 10;

    private double _events = (double)options.EventsPerSecond * Burst;
    private double _bytes = (double)options.BytesPerSecond * Burst;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Counts an event, and says whether it may be handled.</summary>
    /// <param name="bytes">How large its payload is. One that is larger than what is left is taken, and paid for later.</param>
    public Admission Count(int bytes)
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_countedAt, now).TotalSeconds;
        _countedAt = now;
        _events = Refill(_events, options.EventsPerSecond, elapsed);
        _bytes = Refill(_bytes, options.BytesPerSecond, elapsed);
        if (options.EventsPerSecond > 0 && _events < 1) return Refuse(Limit.Events, 1 - _events, options.EventsPerSecond);
        if (options.BytesPerSecond > 0 && _bytes <= 0) return Refuse(Limit.Bytes, -_bytes, options.BytesPerSecond);
        _events--;
        _bytes -= bytes;
        return Admission.Granted;
    }

    /// <summary>See <see cref="Limiter.Enter"/>.</summary>
    public ValueTask<Admission> Enter(Limit limit, string? account, CancellationToken gone) => limiter.Enter(limit, address, account, gone);

    /// <summary>See <see cref="Limiter.Take"/>.</summary>
    public Admission Take(Limit limit) => limiter.Take(limit, address);

    private static double Refill(double left, int perSecond, double elapsed) =>
        Math.Min(left + (perSecond * elapsed), (double)perSecond * Burst);

    private static Admission Refuse(Limit limit, double missing, int perSecond) =>
        Limiter.Refuse(limit, TimeSpan.FromSeconds(missing / perSecond));
}
