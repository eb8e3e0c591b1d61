using Gatehouse.Gateway.Connections;
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
        services.AddOptions<OriginOptions>().BindConfiguration("Gatehouse:Web")
            .Validate(
                web => web.AllowedOrigins.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.PathAndQuery == "/"),
                "Gatehouse:Web:AllowedOrigins must hold origins such as https://app.example.org.")
            .ValidateOnStart();
        services.AddSingleton<OriginCheck>();
        services.AddSingleton<ReactAuthLogin>();
        services.AddSingleton<DeviceAccounts>();
        services.AddSingleton<NodeRequests>();
        return services;
    }
}
