using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Gateways;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Grains.Clients;

/// <summary>
/// Wakes gateways. Nothing depends on it: what has happened is stored already, and a gateway looks for what its devices have missed. This is only
/// the fast way.
/// </summary>
public sealed partial class ClientPushing(
    IGrainFactory grains, ClientSockets sockets, GatewayStore gateways, ILogger<ClientPushing> logger)
{
    /// <summary>The way to a gateway whose process is dead takes longer than a caller should wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>The mailbox of a client or node has something new.</summary>
    public Task QueueChanged(int clientId, ClientKind kind) => Try(async () =>
    {
        var push = new ClientPush(kind == ClientKind.Node ? ClientPushKind.NodeQueueChanged : ClientPushKind.ClientQueueChanged);
        await Task.WhenAll((await sockets.Of(clientId, kind))
            .GroupBy(socket => socket.GatewayId, socket => socket.WsId)
            .Select(gateway => grains.Gateway(gateway.Key).Push([.. gateway], push)));
    });

    /// <summary>Nodes came or went.</summary>
    public Task NodesChanged() => Try(async () => await Task.WhenAll(
        (await gateways.FindAlive()).Select(gateway => grains.Gateway(gateway).NodesChanged())));

    private async Task Try(Func<Task> push)
    {
        try
        {
            await push().WaitAsync(Patience);
        }
        catch (Exception failure)
        {
            // That one takes long is no fault: it may be on its way to another silo, or its process gone.
            LogFailed(failure is TimeoutException ? LogLevel.Information : LogLevel.Warning, failure.Message);
        }
    }

    [LoggerMessage("Clients could not be told of a change at once: {Reason}")]
    private partial void LogFailed(LogLevel level, string reason);
}
