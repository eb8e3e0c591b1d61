using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Protocols.Chat;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Protocols.Session;
using Microsoft.Extensions.Options;
using SocketIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>
/// Serves the protocols to Socket.IO clients of every age. A namespace of its own name speaks a protocol; on <c>/</c> the first
/// known event decides.
/// </summary>
public static class SocketIoServices
{
    public static IServiceCollection AddSocketIoTransport(this IServiceCollection services)
    {
        services.AddSingleton<SessionRecovery>();
        services.AddSingleton<IRecoveryStore>(provider => provider.GetRequiredService<SessionRecovery>());
        services.AddSocketIo();
        services.AddOptions<SocketIoOptions>().Configure<IOptions<OriginOptions>>((socketIo, web) =>
        {
            socketIo.MaxDepth = JsonPayload.MaxDepth;
            foreach (var origin in web.Value.AllowedOrigins) socketIo.AllowedOrigins.Add(origin);
        });
        return services;
    }

    public static void MapSocketIoTransport(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        // The first one answers what nobody knows.
        SpokenProtocol[] protocols =
        [
            SpokenProtocol.Of<SessionProtocol>("session", services),
            SpokenProtocol.Of<ChatProtocol>("chat", services),
            SpokenProtocol.Of<ClientsProtocol>("clients", services),
        ];
        var recovery = services.GetRequiredService<SessionRecovery>();
        routes.MapSocketIo("/socket.io", server =>
        {
            foreach (var protocol in protocols) server.Namespace("/" + protocol.Name).Speak([protocol], recovery);
            server.Namespace("/").Speak(protocols, recovery);
        });
    }
}
