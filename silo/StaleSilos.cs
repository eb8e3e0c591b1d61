using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService;

namespace Gatehouse.Silo;

/// <summary>
/// Before a silo joins, declares dead those that ended without saying so. Orleans lets nobody join who cannot reach every active
/// silo, and only an active silo declares another one dead: without this, a start after the last process was killed would try
/// for minutes. Dead is for certain who is on this machine and refuses a connection; elsewhere, who cannot be reached and has
/// given no sign of life for a while.
/// </summary>
internal sealed partial class StaleSilos(
    IMembershipTable table,
    ILocalSiloDetails self,
    IOptions<ClusterMembershipOptions> options,
    TimeProvider time,
    ILogger<StaleSilos> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private TimeSpan Silence => options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit;

    public void Participate(ISiloLifecycle lifecycle)
    {
        // Only the database tells of silos that may be gone.
        if (table is AdoNetClusteringTable) lifecycle.Subscribe(nameof(StaleSilos), ServiceLifecycleStage.RuntimeServices, Bury);
    }

    private async Task Bury(CancellationToken cancellation)
    {
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellation);
        var giveUpAt = time.GetUtcNow() + Silence;
        while (await Look(cancellation) && time.GetUtcNow() < giveUpAt) await Task.Delay(LookInterval, time, cancellation);
    }

    /// <summary>Whether there is somebody who may be dead, but may also be about to answer.</summary>
    private async Task<bool> Look(CancellationToken cancellation)
    {
        var members = await table.ReadAllAsync(cancellation);
        var (version, isUnsure) = (members.Version, false);
        foreach (var (silo, etag) in members.Members.Where(member => member.Item1.Status != SiloStatus.Dead))
        {
            var refusal = await Refusal(silo, cancellation);
            if (refusal is null) continue;
            var isOurs = silo.HostName == self.DnsHostName && silo.SiloAddress.Endpoint.Address.Equals(self.SiloAddress.Endpoint.Address);
            if (!(isOurs && refusal == SocketError.ConnectionRefused) && time.GetUtcNow().UtcDateTime - silo.IAmAliveTime < Silence)
            {
                LogWaiting(silo.SiloAddress, silo.HostName);
                isUnsure = true;
                continue;
            }
            silo.Status = SiloStatus.Dead;
            silo.AddSuspector(self.SiloAddress, time.GetUtcNow().UtcDateTime);
            version = version.Next();
            // When somebody else has changed the table meanwhile, the next look sees what is left to do.
            if (!await table.UpdateRowAsync(silo, etag, version, cancellation)) return true;
            LogDead(silo.SiloAddress, silo.HostName);
            version = (await table.ReadAllAsync(cancellation)).Version;
        }
        return isUnsure;
    }

    private static async Task<SocketError?> Refusal(MembershipEntry silo, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo.SiloAddress.Endpoint, limit.Token);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return SocketError.TimedOut;
        }
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} on {Host} ended without saying so; it is declared dead.")]
    private partial void LogDead(SiloAddress silo, string host);

    [LoggerMessage(LogLevel.Information, "Silo {Silo} on {Host} does not answer; waiting for a sign of life.")]
    private partial void LogWaiting(SiloAddress silo, string host);
}
