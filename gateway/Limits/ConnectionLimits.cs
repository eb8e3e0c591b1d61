namespace Gatehouse.Gateway.Limits;

/// <summary>
/// What one connection may still do: counts of its own and of its address for what comes often, and the shares of its address and
/// accounts for what costs much.
/// </summary>
public sealed class ConnectionLimits
{
    private readonly Limiter _limiter;
    private readonly string _address;
    private readonly Traffic _own, _ofAddress;
    private readonly TimeProvider _time;

    internal ConnectionLimits(Limiter limiter, string address, Traffic own, Traffic ofAddress, TimeProvider time) =>
        (_limiter, _address, _own, _ofAddress, _time) = (limiter, address, own, ofAddress, time);

    /// <summary>
    /// Counts an event, and returns when it may be handled: at once, unless there were so many before it that it waits. Its transport
    /// reads no further meanwhile, so that whoever sends too much is slowed down, and nothing of it is lost.
    /// </summary>
    /// <param name="bytes">How large its payload is. One that is larger than what is left is taken, and those after it wait the longer.</param>
    /// <param name="gone">Cancelled when the connection is gone; then this returns.</param>
    public Task Count(int bytes, CancellationToken gone)
    {
        var wait = _own.Take(bytes, out var reason);
        var withOthers = _ofAddress.Take(bytes, out var reasonOfAddress);
        if (withOthers > wait) (wait, reason) = (withOthers, reasonOfAddress);
        if (wait == TimeSpan.Zero) return Task.CompletedTask;
        Limiter.Count(reason);
        return Wait(wait, gone);
    }

    /// <summary>Counts what an event has brought its sender, where that can be much more than it: the events after it wait for that too.</summary>
    /// <param name="bytes">How much it is.</param>
    public void Charge(int bytes)
    {
        _own.Charge(bytes);
        _ofAddress.Charge(bytes);
    }

    /// <summary>See <see cref="Limiter.Enter"/>.</summary>
    public ValueTask<Admission> Enter(Limit limit, string? account, CancellationToken gone) => _limiter.Enter(limit, _address, account, gone);

    private async Task Wait(TimeSpan wait, CancellationToken gone) =>
        await Task.Delay(wait, _time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
