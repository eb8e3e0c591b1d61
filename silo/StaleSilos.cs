using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

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
    private enum Verdict
    {
        Alive,
        Unsure,
        Dead,
    }

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private TimeSpan Silence => options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit;

    // Later than this silo listens on its port, sooner than it looks for others.
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(StaleSilos), ServiceLifecycleStage.RuntimeServices, Bury);

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
            switch (await Judge(silo, cancellation))
            {
                case Verdict.Alive:
                    continue;
                case Verdict.Unsure:
                    LogWaiting(silo.SiloAddress, silo.HostName);
                    isUnsure = true;
                    continue;
            }
            silo.Status = SiloStatus.Dead;
            silo.AddSuspector(self.SiloAddress, time.GetUtcNow().UtcDateTime);
            // When somebody else has changed the table meanwhile, the next look sees what is left to do.
            if (!await table.UpdateRowAsync(silo, etag, version.Next(), cancellation)) return true;
            LogDead(silo.SiloAddress, silo.HostName);
            version = (await table.ReadAllAsync(cancellation)).Version;
        }
        return isUnsure;
    }

    private async Task<Verdict> Judge(MembershipEntry silo, CancellationToken cancellation)
    {
        var address = silo.SiloAddress.Endpoint;
        // By now we listen there ourselves.
        if (address.Equals(self.SiloAddress.Endpoint)) return Verdict.Dead;
        var refusal = await Connect(address, cancellation);
        if (refusal == SocketError.Success) return Verdict.Alive;
        var isOnThisMachine = silo.HostName == self.DnsHostName && address.Address.Equals(self.SiloAddress.Endpoint.Address);
        if (isOnThisMachine && refusal == SocketError.ConnectionRefused) return Verdict.Dead;
        return time.GetUtcNow().UtcDateTime - silo.IAmAliveTime < Silence ? Verdict.Unsure : Verdict.Dead;
    }

    private static async Task<SocketError> Connect(IPEndPoint address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, limit.Token);
            return SocketError.Success;
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
