using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Transports.Http;
using Gatehouse.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>Adds SignalR with our reading of invocations; each protocol has a hub of its own.</summary>
public static class SignalRServices
{
    /// <summary>The longest message that a client may send, in bytes. A longer one closes its connection.</summary>
    public const int MaxMessageSize = 2 * 1024 * 1024;

    public static IServiceCollection AddSignalRTransport(this IServiceCollection services)
    {
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = MaxMessageSize);
        services.AddSettings<SignalROptions>("Gatehouse:SignalR");
        services.AddOptions<HubOptions>().Configure<IOptions<SignalROptions>>((hub, settings) =>
            (hub.KeepAliveInterval, hub.ClientTimeoutInterval) = (settings.Value.KeepAliveInterval, settings.Value.ClientTimeoutInterval));
        services.AddSingleton(typeof(HubLifetimeManager<>), typeof(HubConnections<>));
        services.RemoveAll<IHubProtocol>();
        services.AddSingleton<IHubProtocol, EventHubProtocol>();
        return services;
    }

    /// <summary>Lets a protocol be spoken at a path.</summary>
    public static void MapSignalR<TProtocol>(this IEndpointRouteBuilder routes, string path)
        where TProtocol : class, IEventProtocol, INamesEvents => routes.MapHub<EventHub<TProtocol>>(path).WithMetadata(new Door("id", IsOpenedLater: true));
}
