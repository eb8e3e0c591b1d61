using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;

namespace Gatehouse.Gateway.Connections;

/// <summary>One client's connection as protocols see it, whatever transport it came by.</summary>
public interface IConnection
{
    /// <summary>Unique for ever.</summary>
    string Id { get; }

    /// <summary>What other clients may know the connection by: no secret, and where the client's library tells it, what that tells.</summary>
    string VisibleId => Id;

    /// <summary>The client's network address, for limits; of IPv6 the /64 prefix.</summary>
    string Address { get; }

    /// <summary>The request by which the connection began, for traces.</summary>
    OpeningTrace Opening => default;

    /// <summary>What the client may do by the connection.</summary>
    ConnectionLimits Limits { get; }

    /// <summary>Cancelled when the connection is gone, whatever its protocol is still doing.</summary>
    CancellationToken Aborted => CancellationToken.None;

    /// <summary>How the transport will know the client again; null when it has no way of its own.</summary>
    ConnectionTicket? Ticket => null;

    /// <summary>
    /// Sends events in this order, nothing between them, and returns when the transport has taken them. A client that does not
    /// take them in time is disconnected; sending to a closed connection does nothing.
    /// </summary>
    Task Send(IReadOnlyList<ServerEvent> events);

    /// <summary>
    /// Sends events that many connections get, in order with all else that is sent, without waiting. A client for which too
    /// much has to wait is disconnected.
    /// </summary>
    void Deliver(SharedEvents shared) => _ = Send(shared.Events);

    /// <summary>
    /// Waits until the client has taken most of what was sent: whoever has more for it than may wait sends it in pieces, and this
    /// before each.
    /// </summary>
    /// <returns>False when the connection is gone.</returns>
    Task<bool> Taken();

    /// <summary>Ends the connection after all that was sent before. Its protocol hears of it as of any other end.</summary>
    Task Close();

    /// <summary>Ends the connection so that its client comes back, to another process if there is one.</summary>
    Task MoveAway();
}
