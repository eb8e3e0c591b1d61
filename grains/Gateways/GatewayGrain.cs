using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Rooms;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Gateways;

public sealed class GatewayGrain(
    GatewayStore store, WakeStore wakes, TimeProvider time, IOptions<GatewayOptions> options) : Grain, IGatewayGrain
{
    /// <summary>A gateway's process answers at once, unless it is dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private IGatewayObserver? _observer;
    private DateTimeOffset _leaseUntil;

    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public async Task<LeaseRenewal> Renew(IGatewayObserver observer)
    {
        var now = time.GetUtcNow();
        var until = now + options.Value.Lease;
        // Of a repetition nobody knows what the first has answered.
        var unbroken = await store.Renew(Id, until) && _observer is not null && !RepeatedCall.IsBeingHandled;
        (_observer, _leaseUntil) = (observer, until);
        // A collected activation would forget the observer.
        DelayDeactivation(2 * options.Value.Lease);
        return new LeaseRenewal(unbroken, options.Value.Lease, await GetWakes(after: 0));
    }

    public Task<bool> HasObserver() => Task.FromResult(_observer is not null);

    public Task<ImmutableArray<SessionWake>> GetWakes(long after) => wakes.Find(Id, after, IGatewayGrain.WakesAtOnce);

    public Task Acknowledge(ImmutableArray<SessionWake> done) => wakes.Remove(Id, done);

    public async Task Leave()
    {
        _observer = null;
        await store.Remove(Id);
        // Rooms may still be telling of the last to leave: they find somebody at home, also when this silo is about to stop.
        DelayDeactivation(TimeSpan.FromTicks(-1));
    }

    public Task PushRoomUpdate(RoomUpdate update) => _observer?.OnRoomUpdate(update) ?? Task.CompletedTask;

    public Task SessionsChanged(ImmutableArray<SessionWake> changed) => _observer?.OnSessionsChanged(changed) ?? Task.CompletedTask;

    public async Task<bool> Push(ImmutableArray<string> connectionIds, ClientPush push)
    {
        if (_observer is null || _leaseUntil <= time.GetUtcNow()) return false;
        try
        {
            await _observer.OnPush(connectionIds, push).WaitAsync(Patience);
            return true;
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return false;
        }
    }

    public Task NodesChanged() => _observer?.OnNodesChanged() ?? Task.CompletedTask;

    public Task<ImmutableArray<Figure>> GetFigures() =>
        _observer?.OnFiguresWanted() ?? Task.FromResult(ImmutableArray<Figure>.Empty);
}
