using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Protocols.Session;
using Microsoft.Extensions.Options;
using SocketIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>
/// Serves the protocols to Socket.IO clients of every age. A namespace of its own name speaks a protocol; on <c>/</c> the session
/// protocol does.
/// </summary>
public static class SocketIoTransport
{
    private static readonly object ConnectionKey = new();
    private static readonly object ProtocolKey = new();

    public static IServiceCollection AddSocketIoTransport(this IServiceCollection services)
    {
        services.AddSingleton<SessionRecovery>();
        services.AddSingleton<IRecoveryStore>(provider => provider.GetRequiredService<SessionRecovery>());
        services.AddSocketIo();
        services.AddOptions<SocketIoOptions>().Configure<IOptions<OriginOptions>>((socketIo, web) =>
        {
            foreach (var origin in web.Value.AllowedOrigins) socketIo.AllowedOrigins.Add(origin);
        });
        return services;
    }

    public static void MapSocketIoTransport(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        routes.MapSocketIo("/socket.io", server =>
        {
            Speak<SessionProtocol>(services, server.Namespace("/session"));
            Speak<SessionProtocol>(services, server.Namespace("/"));
        });
    }

    /// <summary>The connection that was made for a socket.</summary>
    internal static SocketIoConnection? ConnectionOf(IDictionary<object, object?> items) =>
        items.TryGetValue(ConnectionKey, out var connection) ? (SocketIoConnection?)connection : null;

    private static void Speak<TProtocol>(IServiceProvider services, SocketNamespace ns) where TProtocol : class, IResumableProtocol
    {
        var create = ActivatorUtilities.CreateFactory<TProtocol>([typeof(IConnection)]);
        var recovery = services.GetRequiredService<SessionRecovery>();

        ns.OnConnect(async (socket, auth) =>
        {
            var connection = new SocketIoConnection(socket);
            var protocol = create(services, [connection]);
            socket.Items[ConnectionKey] = connection;
            socket.Items[ProtocolKey] = protocol;
            if (socket.Recovered)
            {
                var pid = auth.Text("pid")!;
                connection.Ticket = SessionRecovery.TicketOf(ns.Name, pid, socket.Id);
                if (await protocol.Resume(auth.Text("offset")) is not { } missed) return ConnectResult.Refuse("Try again");
                connection.ContinueFrom(missed is [.., var last] ? last.Offset : auth.Text("offset"));
                recovery.Keep(pid, [.. missed.Select(named => SocketIoConnection.Encode(ns.Name, named.Name, named.Payload, named.Offset))]);
            }
            GatewayMeters.ConnectionOpened("socket.io");
            return ConnectResult.Accepted;
        });
        ns.OnAny(async (socket, received) =>
            await ((TProtocol)socket.Items[ProtocolKey]!).Receive(received.Name, received.Arguments[0]));
        ns.OnDisconnect(async (socket, _) =>
        {
            GatewayMeters.ConnectionClosed("socket.io");
            await ((TProtocol)socket.Items[ProtocolKey]!).Closed();
        });
    }
}
