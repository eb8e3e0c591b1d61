using Gatehouse.Gateway.Protocols.Chat;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Gatehouse.Gateway.Protocols.Session;
using Gatehouse.Gateway.Protocols.Users;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>Adds SignalR with our reading of invocations, and maps one hub per protocol.</summary>
public static class SignalRServices
{
    /// <summary>The longest message that a client may send, in bytes. A longer one closes its connection.</summary>
    public const int MaxMessageSize = 2 * 1024 * 1024;

    public static IServiceCollection AddSignalRTransport(this IServiceCollection services)
    {
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = MaxMessageSize);
        services.AddSingleton(typeof(HubLifetimeManager<>), typeof(HubClients<>));
        services.RemoveAll<IHubProtocol>();
        services.AddSingleton<IHubProtocol, EventHubProtocol>();
        return services;
    }

    public static void MapSignalRHubs(this IEndpointRouteBuilder routes)
    {
        routes.MapHub<EventHub<SessionProtocol>>("/hubs/session");
        routes.MapHub<EventHub<ReactAuthProtocol>>("/hubs/react-auth");
        routes.MapHub<EventHub<UsersProtocol>>("/hubs/users");
        routes.MapHub<EventHub<ChatProtocol>>("/hubs/chat");
        routes.MapHub<EventHub<ClientsProtocol>>("/hubs/clients");
    }
}
