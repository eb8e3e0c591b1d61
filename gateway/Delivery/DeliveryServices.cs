using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Observability;

namespace Gatehouse.Gateway.Delivery;

/// <summary>Adds what brings pushes from grains to connections.</summary>
public static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services) => services
        .AddSingleton<GatewayIdentity>()
        .AddSingleton<LocalSessions>()
        .AddSingleton<SessionRevalidation>()
        .AddSingleton<LocalRooms>()
        .AddSingleton<LocalDevices>()
        .AddSingleton<PendingDetaches>()
        .AddSingleton<SessionLinks>()
        .AddSingleton<LostSessions>()
        .AddSingleton<GatewayFigures>()
        .AddSingleton<GatewayLease>()
        .AddHostedService(provider => provider.GetRequiredService<GatewayLease>())
        .AddHostedService<GatewayChores>();
}
