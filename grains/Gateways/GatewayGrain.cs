using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Rooms;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Gateways;

public sealed class GatewayGrain(
    GatewayStore store, WakeStore wakes, TimeProvider time, IHostApplicationLifetime silo, IOptions<GatewayOptions> options) : Grain, IGatewayGrain
{
    /// <summary>A gateway's process answers at once, unless it is dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private IGatewayObserver? _observer;
    private DateTimeOffset _leaseUntil;

    /// <summary>
    /// Cancelled when the gateway has left, or this silo stops: nobody waits any more until it has taken what it was told. Orleans would wait
    /// half a minute for who is gone, and a silo that stops would wait with it.
    /// </summary>
    private CancellationTokenSource _gone = new();

    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public async Task<LeaseRenewal> Renew(IGatewayObserver observer)
    {
        var now = time.GetUtcNow();
        var until = now + options.Value.Lease;
        // Of a repetition nobody knows what the first has answered.
        var unbroken = await store.Renew(Id, until) && _observer is not null && !RepeatedCall.IsBeingHandled;
        if (_observer is null) Welcome();
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
        await _gone.CancelAsync();
        await store.Remove(Id);
        // Rooms may still be telling of the last to leave: they find somebody at home, also when this silo is about to stop.
        DelayDeactivation(TimeSpan.FromTicks(-1));
    }

    public Task PushRoomUpdate(RoomUpdate update) => Tell(_observer?.OnRoomUpdate(update));

    public Task SessionsChanged(ImmutableArray<SessionWake> changed) => Tell(_observer?.OnSessionsChanged(changed));

    public async Task<bool> Push(ImmutableArray<string> connectionIds, ClientPush push)
    {
        if (_observer is null || _leaseUntil <= time.GetUtcNow()) return false;
        try
        {
            await _observer.OnPush(connectionIds, push).WaitAsync(Patience, _gone.Token);
            return true;
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException or OperationCanceledException)
        {
            return false;
        }
    }

    public Task NodesChanged() => _observer?.OnNodesChanged() ?? Task.CompletedTask;

    public async Task<ImmutableArray<Figure>> GetFigures()
    {
        var figures = _observer?.OnFiguresWanted();
        await Tell(figures);
        return figures is { IsCompletedSuccessfully: true } ? await figures : [];
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _gone.Dispose();
        return Task.CompletedTask;
    }

    private void Welcome()
    {
        _gone.Dispose();
        _gone = CancellationTokenSource.CreateLinkedTokenSource(silo.ApplicationStopping);
    }

    /// <summary>Returns when the gateway has taken it, or is gone.</summary>
    private async Task Tell(Task? telling)
    {
        var gone = _gone.Token;
        try
        {
            if (telling is not null) await telling.WaitAsync(gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
    }
}
