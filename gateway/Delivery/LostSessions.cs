using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery;

/// <summary>Finds the sessions of clients that come back, whichever gateway they were on.</summary>
public sealed class LostSessions(IGrainFactory grains)
{
    /// <summary>Whether the ticket's session can go on.</summary>
    /// <param name="ticket">What the client shows; its tag does not matter.</param>
    /// <param name="offset">The last event that it has seen, see <see cref="EventOffset"/>.</param>
    /// <returns>The tag of the ticket that the session was given; null when it cannot.</returns>
    public Task<string?> Find(ConnectionTicket ticket, string? offset) => grains.Session(ticket.SessionId)
        .FindResumable(new Secret(ticket.Secret), EventOffset.Parse(offset).SeenWholly);
}
