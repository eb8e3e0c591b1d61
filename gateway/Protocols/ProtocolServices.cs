using Gatehouse.Gateway.Protocols.Session;

namespace Gatehouse.Gateway.Protocols;

/// <summary>Adds the settings of the protocols; a protocol itself is made per connection, by its transport.</summary>
public static class ProtocolServices
{
    public static IServiceCollection AddProtocols(this IServiceCollection services)
    {
        services.AddOptions<SessionProtocolOptions>().BindConfiguration("Gatehouse:SessionProtocol").ValidateOnStart();
        return services;
    }
}
