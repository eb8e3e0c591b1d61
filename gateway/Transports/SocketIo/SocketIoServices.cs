using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Transports.Http;
using Gatehouse.Hosting;
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
        services.AddSettings<HeartbeatOptions>("Gatehouse:SocketIo");
        services.AddSocketIo();
        services.AddOptions<SocketIoOptions>().Configure<IOptions<HeartbeatOptions>>((socketIo, heartbeat) =>
            (socketIo.PingInterval, socketIo.PingTimeout) = (heartbeat.Value.PingInterval, heartbeat.Value.PingTimeout));
        services.AddOptions<SocketIoOptions>().Configure<IOptions<WebOptions>>((socketIo, web) =>
        {
            socketIo.MaxDepth = JsonPayload.MaxDepth;
            socketIo.Hold = ConnectionPlace.Keep;
            // A proxy asks the next gateway, see infra/proxy.
            if (web.Value.TrustedProxies is { Length: > 0 }) socketIo.UnknownSessionStatus = StatusCodes.Status404NotFound;
            foreach (var origin in web.Value.AllowedOrigins) socketIo.AllowedOrigins.Add(origin);
        });
        return services;
    }

    /// <summary>Lets protocols be spoken at a path: each in the namespace of its name, and all on <c>/</c>.</summary>
    /// <param name="routes">Where to add it.</param>
    /// <param name="path">The path.</param>
    /// <param name="protocols">The protocols; on <c>/</c>, the first one answers what nobody knows.</param>
    public static void MapSocketIo(this IEndpointRouteBuilder routes, string path, params SpokenProtocol[] protocols)
    {
        var recovery = routes.ServiceProvider.GetRequiredService<SessionRecovery>();
        var open = routes.ServiceProvider.GetRequiredService<OpenConnections>();
        var limiter = routes.ServiceProvider.GetRequiredService<Limiter>();
        routes.MapSocketIo(path, server =>
        {
            foreach (var protocol in protocols) server.Namespace("/" + protocol.Name).Speak([protocol], recovery, open, limiter);
            server.Namespace("/").Speak(protocols, recovery, open, limiter);
        }).WithMetadata(new Door("sid"));
    }
}
