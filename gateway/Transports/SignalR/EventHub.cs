using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Transports.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>
/// The SignalR door of one protocol. A client calls a hub method by an event's name, with the payload as its one argument;
/// server events arrive under their names. An invocation completes when its answer has been sent.
/// </summary>
public sealed class EventHub<TProtocol>(IServiceProvider services, IHubProtocol encoding) : Hub
    where TProtocol : class, IEventProtocol, INamesEvents
{
    private static readonly ObjectFactory<TProtocol> Create = ActivatorUtilities.CreateFactory<TProtocol>([typeof(IConnection)]);

    private static readonly HashSet<string> Names = [.. TProtocol.EventNames];

    /// <summary>SignalR compares the names of methods without regard to case; our protocols do not.</summary>
    private static readonly Dictionary<string, string> NamesInAnyCase = Names
        .DistinctBy(name => name, StringComparer.OrdinalIgnoreCase).ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    public override async Task OnConnectedAsync()
    {
        var limiter = services.GetRequiredService<Limiter>();
        var connection = new SignalRConnection(HubConnections<EventHub<TProtocol>>.Of(Context), encoding, limiter);
        var protocol = Create(services, [connection]);
        // Of any other kind the request has it, which lasts as long as the connection.
        var place = Context.Features.Get<IHttpTransportFeature>()?.TransportType == HttpTransportType.LongPolling
            ? limiter.Occupy(Limit.Connections, connection.Address)
            : Admission.Granted;
        Context.Items[typeof(Client)] = new Client(connection, protocol, place);
        GatewayMeters.ConnectionOpened("signalr");
        if (!place.IsGranted)
        {
            Context.Abort();
            return;
        }
        services.GetRequiredService<OpenConnections>().Add(connection, protocol);
        if (protocol is ITokenProtocol doorkeeper && Context.GetHttpContext()?.Request is { } request && QueryTokens.Of(request) is { } token)
        {
            await doorkeeper.LogIn(JsonSerializer.SerializeToElement(token), mayResume: request.Query.ContainsKey("resume"));
        }
    }

    /// <summary>Every client event arrives here, see <see cref="EventHubProtocol"/>.</summary>
    [HubMethodName(EventHub.ReceiveMethod)]
    public Task Receive(string name, JsonElement payload, string? invocationId)
    {
        var client = (Client)Context.Items[typeof(Client)]!;
        if (!Names.Contains(name)) name = NamesInAnyCase.GetValueOrDefault(name, name);
        return client.Protocol.Receive(
            name, payload, invocationId is null ? null : answer => client.Connection.Complete(invocationId, answer));
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        GatewayMeters.ConnectionClosed("signalr");
        var client = (Client)Context.Items[typeof(Client)]!;
        client.Place.Dispose();
        services.GetRequiredService<OpenConnections>().Remove(client.Connection);
        await client.Protocol.Closed();
    }

    private sealed record Client(SignalRConnection Connection, TProtocol Protocol, Admission Place);
}

/// <summary>What the hubs of all protocols share.</summary>
public static class EventHub
{
    /// <summary>The one hub method.</summary>
    public const string ReceiveMethod = "Receive";
}
