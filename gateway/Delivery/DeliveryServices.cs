using Gatehouse.Gateway.Delivery.Clients;
using Gatehouse.Gateway.Delivery.Rooms;

namespace Gatehouse.Gateway.Delivery;

/// <summary>Adds what brings pushes from grains to connections.</summary>
public static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services) => services
        .AddSingleton<GatewayIdentity>()
        .AddSingleton<LocalSessions>()
        .AddSingleton<LocalRooms>()
        .AddSingleton<LocalClients>()
        .AddSingleton<Farewells>()
        .AddSingleton<SessionLinks>()
        .AddSingleton<LostSessions>()
        .AddSingleton<GatewayLease>()
        .AddHostedService(provider => provider.GetRequiredService<GatewayLease>());
}
