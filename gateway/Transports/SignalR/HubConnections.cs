using Microsoft.AspNetCore.SignalR;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>
/// SignalR's own bookkeeping, which also lends each connection's writing end to the hub: one message, serialized once, can be
/// written to any number of them, and a client that does not read is known by its own write.
/// </summary>
public sealed class HubConnections<THub>(ILogger<DefaultHubLifetimeManager<THub>> logger) : DefaultHubLifetimeManager<THub>(logger)
    where THub : Hub
{
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        connection.Items[typeof(HubConnectionContext)] = connection;
        return base.OnConnectedAsync(connection);
    }

    /// <summary>The writing end of a hub's caller.</summary>
    public static HubConnectionContext Of(HubCallerContext caller) =>
        (HubConnectionContext)caller.Items[typeof(HubConnectionContext)]!;
}
