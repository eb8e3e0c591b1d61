using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Gateways;

/// <summary>Wakes gateways whose sessions have news.</summary>
internal static class GatewayWaking
{
    /// <summary>Wakes each gateway once, for all of its sessions among these.</summary>
    public static Task WakeGateways(this IGrainFactory grains, IEnumerable<SessionLocation> sessions) => Task.WhenAll(
        sessions
            .SelectMany(session => session.GatewayIds, (session, gatewayId) => (session.SessionId, gatewayId))
            .GroupBy(pair => pair.gatewayId, pair => pair.SessionId)
            .Select(gateway => grains.Gateway(gateway.Key).SessionsChanged([.. gateway])));
}
