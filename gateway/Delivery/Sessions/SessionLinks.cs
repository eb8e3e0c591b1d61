using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>Makes the links between connections and sessions.</summary>
public sealed class SessionLinks(
    IGrainFactory grains,
    GatewayIdentity gateway,
    LocalSessions local,
    SessionRevalidation revalidation,
    PendingDetaches detaches,
    TimeProvider time)
{
    /// <summary>A link to a new session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="protocol">The protocol that it speaks.</param>
    /// <param name="deliver">Tells the client of session events, each once and in order.</param>
    public SessionLink Create(IConnection connection, string protocol, Func<IReadOnlyList<SessionEvent>, Task> deliver) =>
        new(connection, protocol, gateway.Id, deliver, grains, local, revalidation, detaches, time);
}
