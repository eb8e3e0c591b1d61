using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Gatehouse.Gateway.Protocols.Session;

namespace Gatehouse.Gateway.Protocols;

/// <summary>Adds what the protocols share; a protocol itself is made per connection, by its transport.</summary>
public static class ProtocolServices
{
    public static IServiceCollection AddProtocols(this IServiceCollection services)
    {
        services.AddOptions<SessionProtocolOptions>().BindConfiguration("Gatehouse:SessionProtocol").ValidateOnStart();
        services.AddOptions<ClientsProtocolOptions>().BindConfiguration("Gatehouse:ClientsProtocol").ValidateOnStart();
        services.AddSingleton<ReactAuthLogin>();
        services.AddSingleton<DeviceAccounts>();
        services.AddSingleton<NodeRequests>();
        return services;
    }
}
