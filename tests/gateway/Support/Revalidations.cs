using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>Makes a <see cref="SessionRevalidation"/>.</summary>
internal static class Revalidations
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>One whose lease is held from now on.</summary>
    public static SessionRevalidation Held(LocalSessions sessions, IGrainFactory grains, TimeProvider time)
    {
        var revalidation = new SessionRevalidation(
            sessions, grains, new GatewayIdentity(), time, NullLogger<SessionRevalidation>.Instance);
        revalidation.Renewed(time.GetTimestamp(), Lease);
        return revalidation;
    }
}
