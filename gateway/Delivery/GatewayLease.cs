using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Delivery.Sessions;
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
    LocalRooms rooms,
    LocalDevices devices,
    PendingDetaches detaches,
    TimeProvider time,
    ILogger<GatewayLease> logger) : BackgroundService, IGatewayObserver
{
    private const int RefreshesAtOnce = 32;
    private const int RoomsAtOnce = 16;
    private const int WritingTurns = 3;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeavingInterval = TimeSpan.FromMilliseconds(20);

    private long _heldUntil;

    /// <summary>Whether the lease holds; without one no push arrives.</summary>
    public bool IsHeld => time.GetUtcNow().UtcTicks < Volatile.Read(ref _heldUntil);

    private IGatewayGrain Grain => grains.Gateway(identity.Id);

    public Task OnSessionsChanged(ImmutableArray<string> sessionIds)
    {
        sessions.Wake(sessionIds);
        return Task.CompletedTask;
    }

    public async Task OnRoomUpdate(RoomUpdate update)
    {
        rooms.Receive(update);
        // The room's next update waits until what this one has queued has had its turn on the pool's threads, writing and sending:
        // under load more then goes into each write, and without load it costs nothing.
        for (var turn = 0; turn < WritingTurns; turn++) await Task.Yield();
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

    public override async Task StartAsync(CancellationToken cancellation)
    {
        await base.StartAsync(cancellation);
        LogStarted(identity.Id);
    }

    public override async Task StopAsync(CancellationToken cancellation)
    {
        await base.StopAsync(cancellation);
        await UntilAllHaveLeft(cancellation);
        try
        {
            await Grain.Leave();
        }
        catch (Exception failure)
        {
            LogFailed(failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        // The grain side holds observers weakly; this local keeps ours alive as long as the lease is wanted.
        var observer = grains.CreateObjectReference<IGatewayObserver>(this);
        var (isFirst, mustRestore) = (true, false);
        while (!stopping.IsCancellationRequested)
        {
            var wait = RetryInterval;
            try
            {
                var asked = time.GetUtcNow();
                var lease = await Grain.Renew(observer);
                Volatile.Write(ref _heldUntil, (asked + lease.Duration).UtcTicks);
                wait = lease.Duration / 2;
                if (!lease.Unbroken && !isFirst)
                {
                    LogRefreshing();
                    await sessions.WakeAll(RefreshesAtOnce, stopping);
                }
                isFirst = false;
                mustRestore |= !lease.Unbroken;
                if (mustRestore) await devices.Restore();
                mustRestore = false;
                await detaches.Retry(stopping);
                await rooms.RenewAll(RoomsAtOnce, stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogFailed(failure.Message);
            }
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        grains.DeleteObjectReference<IGatewayObserver>(observer);
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
