using System.Collections.Concurrent;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Gateways;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Grains.Clients;

/// <summary>
/// Wakes gateways. What has happened is stored already, so nobody waits for long; but a device that is online is to hear of it, so what was not
/// heard is repeated for as long as its gateway lives.
/// </summary>
public sealed partial class ClientPushing(
    IGrainFactory grains, ClientSockets sockets, GatewayStore gateways, ILogger<ClientPushing> logger) : IDisposable
{
    /// <summary>The way to a gateway whose process is dead takes longer than a caller should wait; what is pushed goes on without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How often it failed to tell these, since they were told last.</summary>
    private readonly ConcurrentDictionary<(int ClientId, ClientKind Kind), int> _unheard = new();

    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    /// <summary>The mailbox of a client or node has something new.</summary>
    public Task QueueChanged(int clientId, ClientKind kind) => Try(async () =>
    {
        if (await Tell(clientId, kind)) return;
        if (_unheard.AddOrUpdate((clientId, kind), 1, (_, failures) => failures + 1) == 1) _ = Task.Run(() => Repeat(clientId, kind, _end.Token));
    });

    /// <summary>Nodes came or went.</summary>
    public Task NodesChanged() => Try(async () => await Task.WhenAll(
        (await gateways.FindAlive()).Select(gateway => grains.Gateway(gateway).NodesChanged())));

    /// <summary>Whether all who are online have heard that there is something in their mailbox. Never throws.</summary>
    private async Task<bool> Tell(int clientId, ClientKind kind)
    {
        var push = new ClientPush(kind == ClientKind.Node ? ClientPushKind.NodeQueueChanged : ClientPushKind.ClientQueueChanged);
        try
        {
            var heard = await Task.WhenAll((await sockets.Of(clientId, kind))
                .GroupBy(socket => socket.GatewayId, socket => socket.WsId)
                .Select(gateway => grains.Gateway(gateway.Key).Push([.. gateway], push)));
            return heard.All(isHeard => isHeard);
        }
        catch (Exception failure)
        {
            LogFailed(failure.Message);
            return false;
        }
    }

    private async Task Repeat(int clientId, ClientKind kind, CancellationToken end)
    {
        var isHeard = false;
        while (!isHeard)
        {
            await Task.Delay(Pause, end);
            // What failed while this is under way may be newer than what is heard.
            var failures = _unheard[(clientId, kind)];
            isHeard = await Tell(clientId, kind) && _unheard.TryRemove(new((clientId, kind), failures));
        }
    }

    private async Task Try(Func<Task> push)
    {
        try
        {
            await push().WaitAsync(Patience);
        }
        catch (Exception failure)
        {
            LogFailed(failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Clients could not be told of a change: {Reason}")]
    private partial void LogFailed(string reason);
}
