using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Transports.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.WebSockets;

/// <summary>
/// Plain WebSockets, with the frames, limits, heartbeats and send queue of the Socket.IO library. Each path speaks one protocol.
/// </summary>
public static class WebSocketServices
{
    /// <summary>What the web server reads ahead of us, for each connection: it counts for no limit of ours.</summary>
    private const int ReadAhead = 64 * 1024;

    public static IServiceCollection AddWebSocketTransport(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBufferSize = ReadAhead);
        services.AddEngineIo();
        services.AddOptions<EngineIoOptions>().Configure<IOptions<HeartbeatOptions>>((sockets, heartbeat) =>
            (sockets.PingInterval, sockets.PingTimeout) = (heartbeat.Value.PingInterval, heartbeat.Value.PingTimeout));
        services.AddOptions<EngineIoOptions>().Configure<IOptions<WebOptions>>((sockets, web) =>
        {
            foreach (var origin in web.Value.AllowedOrigins) sockets.AllowedOrigins.Add(origin);
        });
        return services;
    }

    /// <summary>Lets a protocol be spoken at a path, which is served with or without a slash at its end.</summary>
    /// <param name="routes">Where to add it.</param>
    /// <param name="path">The path.</param>
    /// <param name="format">How the protocol's events are put into frames.</param>
    /// <param name="parts">What the protocol is made of besides the connection and services.</param>
    public static void MapWebSocket<TProtocol>(
        this IEndpointRouteBuilder routes, string path, IFrameFormat format, params object[] parts)
        where TProtocol : IEventProtocol
    {
        var services = routes.ServiceProvider;
        var create = ActivatorUtilities.CreateFactory<TProtocol>([typeof(IConnection), .. parts.Select(part => part.GetType())]);
        var limiter = services.GetRequiredService<Limiter>();
        var open = services.GetRequiredService<OpenConnections>();
        routes.MapPlainWebSocket(path, new WebSocketHandler(format, connection => create(services, [connection, .. parts]), open, limiter))
            .WithMetadata(new Door(null));
    }
}
