using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>Finds the sessions of clients that come back, whichever gateway they were on.</summary>
public sealed class LostSessions(IGrainFactory grains, LocalSessions local)
{
    /// <summary>Whether the ticket's session can go on.</summary>
    /// <param name="ticket">What the client shows; its tag does not matter.</param>
    /// <param name="offset">The last event that it has seen, see <see cref="EventOffset"/>; of one that is none, its protocol knows what to say.</param>
    /// <returns>Null when it cannot.</returns>
    public async Task<LostSession?> Find(ConnectionTicket ticket, string? offset)
    {
        var found = await grains.Session(ticket.SessionId)
            .FindResumable(new Secret(ticket.Secret), EventOffset.Parse(offset)?.SeenWholly ?? 0);
        return found is null ? null : new LostSession(found.Tag, found.Protocol);
    }

    /// <summary>A client of this gateway will not come back; to be called while it still has its connection.</summary>
    public Task End(ConnectionTicket ticket) =>
        // A session that was never used needs no grain to end it.
        local.Has(ticket.SessionId) ? grains.Session(ticket.SessionId).Abandon(new Secret(ticket.Secret)) : Task.CompletedTask;
}

/// <summary>A session whose client may come back.</summary>
/// <param name="Tag">The tag of the ticket that it was given.</param>
/// <param name="Protocol">The protocol that its client speaks.</param>
public sealed record LostSession(string Tag, string Protocol);
