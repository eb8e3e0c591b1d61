namespace Gatehouse.Gateway.Limits;

/// <summary>
/// What one connection may still do: counts of its own for what comes often, and the shares of its address and accounts for what costs
/// much. For one event at a time.
/// </summary>
public sealed class ConnectionLimits(Limiter limiter, string address, LimitOptions options, TimeProvider time)
{
    /// <summary>What was saved up in so many seconds can be used at once.</summary>
    private const int EventsBurst = 10, BytesBurst = 2;

    private double _events = (double)options.EventsPerSecond * EventsBurst;
    private double _bytes = (double)options.BytesPerSecond * BytesBurst;
    private long _countedAt = time.GetTimestamp();

    /// <summary>
    /// Counts an event, and returns when it may be handled: at once, unless there were so many before it that it waits. Its transport
    /// reads no further meanwhile, so that whoever sends too much is slowed down, and nothing of it is lost.
    /// </summary>
    /// <param name="bytes">How large its payload is. One that is larger than what is left is taken, and those after it wait the longer.</param>
    /// <param name="gone">Cancelled when the connection is gone; then this returns.</param>
    public Task Count(int bytes, CancellationToken gone)
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_countedAt, now).TotalSeconds;
        _countedAt = now;
        _events = Math.Min(_events + (options.EventsPerSecond * elapsed), (double)options.EventsPerSecond * EventsBurst);
        _bytes = Math.Min(_bytes + (options.BytesPerSecond * elapsed), (double)options.BytesPerSecond * BytesBurst);
        var forEvents = options.EventsPerSecond > 0 ? (1 - _events) / options.EventsPerSecond : 0;
        var forBytes = options.BytesPerSecond > 0 ? -_bytes / options.BytesPerSecond : 0;
        _events--;
        _bytes -= bytes;
        if (forEvents <= 0 && forBytes <= 0) return Task.CompletedTask;
        Limiter.Count(forEvents > forBytes ? Limit.Events : Limit.Bytes);
        return Wait(TimeSpan.FromSeconds(Math.Max(forEvents, forBytes)), gone);
    }

    /// <summary>See <see cref="Limiter.Enter"/>.</summary>
    public ValueTask<Admission> Enter(Limit limit, string? account, CancellationToken gone) => limiter.Enter(limit, address, account, gone);

    /// <summary>See <see cref="Limiter.Take"/>.</summary>
    public Admission Take(Limit limit) => limiter.Take(limit, address);

    private async Task Wait(TimeSpan wait, CancellationToken gone) =>
        await Task.Delay(wait, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
