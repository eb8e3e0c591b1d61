using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Delivery;

/// <summary>Holds this process's lease, and with it the one observer through which grains reach it.</summary>
public sealed partial class GatewayLease(
    IGrainFactory grains,
    GatewayIdentity identity,
    LocalSessions sessions,
    SessionRevalidation revalidation,
    LocalRooms rooms,
    LocalDevices devices,
    PendingDetaches detaches,
    GatewayFigures figures,
    TimeProvider time,
    ILogger<GatewayLease> logger) : BackgroundService, IGatewayObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewalTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeavingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeavingInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The grain side holds observers weakly; this keeps ours alive until nobody can want it any more.</summary>
    private IGatewayObserver? _observer;
    private long _renewedAt;

    /// <summary>Whether the lease holds; without one no session acts before it was looked after.</summary>
    public bool IsHeld => revalidation.IsLeaseHeld;

    private IGatewayGrain Grain => grains.Gateway(identity.Id);

    public Task OnSessionsChanged(ImmutableArray<SessionWake> wakes)
    {
        revalidation.Require(wakes);
        return Task.CompletedTask;
    }

    public async Task OnRoomUpdate(RoomUpdate update)
    {
        rooms.Receive(update);
        // The room's next update waits for it.
        await Writers.HaveTheirTurn();
    }

    public Task OnPush(ImmutableArray<string> connectionIds, ClientPush push)
    {
        devices.Push(connectionIds, push);
        return Task.CompletedTask;
    }

    public Task OnNodesChanged()
    {
        _ = devices.NodesChanged();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<Figure>> OnFiguresWanted() => Task.FromResult(figures.Read());

    public override async Task StartAsync(CancellationToken cancellation)
    {
        await base.StartAsync(cancellation);
        LogStarted(identity.Id);
    }

    public override async Task StopAsync(CancellationToken cancellation)
    {
        await base.StopAsync(cancellation);
        if (_renewedAt == 0) return;
        await UntilAllHaveLeft(cancellation);
        try
        {
            await Grain.Leave();
            // Not before: a push that finds nobody at home would be waited for.
            if (_observer is not null) grains.DeleteObjectReference<IGatewayObserver>(_observer);
        }
        catch (Exception failure)
        {
            LogFailed(failure.Message);
        }
    }

    /// <remarks>Nothing but this is done here, so that nothing can delay it; the rest is in <see cref="GatewayChores"/>.</remarks>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        _observer = grains.CreateObjectReference<IGatewayObserver>(this);
        var interval = TimeSpan.Zero;
        string? reason = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // The grain may have lost the observer together with its silo; until it is told, it can push nothing.
                if (time.GetElapsedTime(_renewedAt) >= interval || !await Grain.HasObserver().WaitAsync(RenewalTimeout, time, stopping))
                {
                    var asked = time.GetTimestamp();
                    interval = await Renew(_observer, stopping) / 2;
                    _renewedAt = asked;
                }
                reason = null;
            }
            catch (ArgumentException) when (_renewedAt == 0)
            {
                // A client of a cluster that has reached no silo yet knows of no grains, and says so itself.
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                if (failure.Message != reason) LogFailed(reason = failure.Message);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.Delay(Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan> Renew(IGatewayObserver observer, CancellationToken stopping)
    {
        var (asked, wasHeld) = (time.GetTimestamp(), revalidation.IsLeaseHeld);
        var lease = await Grain.Renew(observer).WaitAsync(RenewalTimeout, time, stopping);
        // The answer that it was broken may have been lost: whoever does not hold it has not heard of an unbroken one.
        if (!lease.Unbroken || !wasHeld)
        {
            if (!sessions.IsEmpty) LogRefreshing();
            // Before it holds: until they were looked after they may not act.
            revalidation.RequireAll();
            devices.RequireRestore();
            rooms.RequireRenewal();
        }
        for (var wakes = lease.Wakes; ; wakes = await Grain.GetWakes(wakes[^1].Number).WaitAsync(RenewalTimeout, time, stopping))
        {
            revalidation.Require(wakes);
            if (wakes.Length < IGatewayGrain.WakesAtOnce) break;
        }
        revalidation.Renewed(asked, lease.Duration);
        rooms.HeartbeatInterval = lease.Duration / 2;
        return lease.Duration;
    }

    /// <summary>The doors are closed by now, but a connection's end is told to its grains after its request has ended.</summary>
    private async Task UntilAllHaveLeft(CancellationToken cancellation)
    {
        var giveUpAt = time.GetUtcNow() + LeavingTimeout;
        while (!sessions.IsEmpty || !devices.IsEmpty || detaches.IsBusy)
        {
            if (cancellation.IsCancellationRequested || time.GetUtcNow() >= giveUpAt)
            {
                LogLeftBehind();
                return;
            }
            await Task.Delay(LeavingInterval, time, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Some connections have not left in time; the gateway's lease ends theirs.")]
    private partial void LogLeftBehind();

    [LoggerMessage(LogLevel.Information, "This is gateway {Id}.")]
    private partial void LogStarted(string id);

    [LoggerMessage(LogLevel.Warning, "The gateway's lease was not renewed: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The lease had run out; looking after all sessions.")]
    private partial void LogRefreshing();
}
