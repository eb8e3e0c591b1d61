using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Gatehouse.Gateway.Protocols.Users;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.WebSockets;

/// <summary>
/// Plain WebSockets, with the frames, limits, heartbeats and send queue of the Socket.IO library. Each path speaks one protocol.
/// </summary>
public static class WebSocketServices
{
    public static IServiceCollection AddWebSocketTransport(this IServiceCollection services)
    {
        services.AddEngineIo();
        services.AddOptions<EngineIoOptions>().Configure<IOptions<OriginOptions>>((sockets, web) =>
        {
            foreach (var origin in web.Value.AllowedOrigins) sockets.AllowedOrigins.Add(origin);
        });
        return services;
    }

    public static void MapWebSocketTransport(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var users = ActivatorUtilities.CreateFactory<UsersProtocol>([typeof(IConnection), typeof(UsersDoor)]);
        var reactAuth = ActivatorUtilities.CreateFactory<ReactAuthProtocol>([typeof(IConnection)]);

        // A path is served with or without a slash at its end.
        routes.MapPlainWebSocket("/users", new WebSocketHandler(
            new UsersFrames(), connection => users(services, [connection, UsersDoor.Users])));
        routes.MapPlainWebSocket("/admin", new WebSocketHandler(
            new UsersFrames(), connection => users(services, [connection, UsersDoor.Admin])));
        routes.MapPlainWebSocket("/auth/socket", new WebSocketHandler(
            new ReactAuthFrames(), connection => reactAuth(services, [connection])));
    }
}
