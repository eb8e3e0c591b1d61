using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Gatehouse.Silo;

/// <summary>
/// Ends a gateway's connection by which nothing has come for a while: a gateway asks each second by each of its own
/// (<see cref="Gatehouse.GrainInterfaces.Cluster.ISiloProbeGrain"/>). If the line is cut while both of its ends live, TCP takes a quarter of an
/// hour to find that out, and as long as there is a connection the answers to this gateway go by no other silo.
/// </summary>
internal static class SilentGateways
{
    /// <summary>A gateway gives a line up a second before, and repeats what was under way three seconds after.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static ISiloBuilder DropSilentGateways(this ISiloBuilder silo)
    {
        silo.Services.Configure<SiloConnectionOptions>(options =>
            options.ConfigureGatewayInboundConnection(connection => connection.Use(Watch)));
        // Until then what is for a gateway whose connection has ended waits for its return.
        silo.Services.Configure<SiloMessagingOptions>(messages => messages.ClientDropTimeout = Interval);
        return silo;
    }

    private static ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        var heard = new HeardPipe(connection.Transport);
        connection.Transport = heard;
        await using var timer = new Timer(_ =>
        {
            if (heard.SinceLast > Silence) connection.Abort(new ConnectionAbortedException("Nothing has come from this gateway for a while."));
        });
        timer.Change(Interval, Interval);
        await next(connection);
    };

    /// <summary>A connection that knows when something came last.</summary>
    private sealed class HeardPipe(IDuplexPipe inner) : PipeReader, IDuplexPipe
    {
        private long _heardAt = Environment.TickCount64;

        public TimeSpan SinceLast => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _heardAt));

        public PipeReader Input => this;

        public PipeWriter Output => inner.Output;

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            Volatile.Write(ref _heardAt, Environment.TickCount64);
            inner.Input.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.Input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Input.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.Input.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.Input.TryRead(out result);
    }
}
