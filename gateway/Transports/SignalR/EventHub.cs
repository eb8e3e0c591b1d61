using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Microsoft.AspNetCore.SignalR;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>
/// The SignalR door of one protocol. A client calls a hub method by an event's name, with the payload as its one argument;
/// server events arrive under their names. An invocation completes when its answer has been sent.
/// </summary>
public sealed class EventHub<TProtocol>(IServiceProvider services, IHubContext<EventHub<TProtocol>> hub) : Hub
    where TProtocol : class, IEventProtocol
{
    private static readonly ObjectFactory<TProtocol> Create = ActivatorUtilities.CreateFactory<TProtocol>([typeof(IConnection)]);

    private TProtocol Protocol => (TProtocol)Context.Items[typeof(TProtocol)]!;

    public override Task OnConnectedAsync()
    {
        var connection = new SignalRConnection(Context, hub.Clients.Client(Context.ConnectionId));
        Context.Items[typeof(TProtocol)] = Create(services, [connection]);
        GatewayMeters.ConnectionOpened("signalr");
        return Task.CompletedTask;
    }

    /// <summary>Every client event arrives here, see <see cref="EventHubProtocol"/>.</summary>
    public Task<object?> Receive(string name, JsonElement payload) => Protocol.Receive(name, payload);

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        GatewayMeters.ConnectionClosed("signalr");
        await Protocol.Closed();
    }
}

/// <summary>What the hubs of all protocols share.</summary>
public static class EventHub
{
    /// <summary>The one hub method.</summary>
    public const string ReceiveMethod = nameof(EventHub<IEventProtocol>.Receive);
}
