namespace Gatehouse.Gateway.Limits;

/// <summary>What a connection, or all those of an address together, may send.</summary>
internal sealed class Traffic(int eventsPerSecond, int bytesPerSecond, TimeProvider time)
{
    private readonly Allowance _events = new(eventsPerSecond, seconds: 10, time), _bytes = new(bytesPerSecond, seconds: 2, time);

    /// <summary>Takes an event with so many bytes, and says for how long it has to wait.</summary>
    public TimeSpan Take(int bytes, out Limit reason)
    {
        var (forEvents, forBytes) = (_events.Take(1), _bytes.Take(bytes));
        reason = forEvents > forBytes ? Limit.Events : Limit.Bytes;
        return forEvents > forBytes ? forEvents : forBytes;
    }

    /// <summary>Takes so many bytes, for which the events after them wait.</summary>
    public void Charge(int bytes) => _bytes.Take(bytes);
}
