using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Microsoft.AspNetCore.SignalR;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>One SignalR connection, by whichever of SignalR's transports.</summary>
public sealed class SignalRConnection(HubCallerContext context, IClientProxy client) : IConnection
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _sending = new(1);

    public string Id => context.ConnectionId;

    public string Address { get; } = ClientAddress.Of(context.GetHttpContext()?.Connection.RemoteIpAddress);

    public async Task Send(IReadOnlyList<ServerEvent> events)
    {
        await _sending.WaitAsync();
        try
        {
            foreach (var (name, payload, _) in events)
            {
                if (context.ConnectionAborted.IsCancellationRequested) return;
                // An absent payload is no argument at all: clients count them.
                await client.SendCoreAsync(name, payload is null ? [] : [payload]).WaitAsync(SendTimeout);
            }
            GatewayMeters.EventsSent("signalr", events.Count);
        }
        catch (TimeoutException)
        {
            GatewayMeters.SlowConsumerDropped("signalr");
            context.Abort();
        }
        finally
        {
            _sending.Release();
        }
    }

}
