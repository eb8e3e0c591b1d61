namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>The connection that a session command comes from. A command attaches its connection to the session.</summary>
/// <param name="ConnectionId">Unique for ever; chosen by the gateway.</param>
/// <param name="Protocol">The protocol that it speaks.</param>
/// <param name="GatewayId">The gateway process that holds the connection.</param>
/// <param name="Address">The client's network address, for the failed-login guard (IPv6: the /64 prefix).</param>
/// <param name="Resume">Makes the session resumable by this ticket; null to leave it as it is.</param>
/// <param name="Seen">
/// The newest event that the connection has got; 0 when none. A session that is not logged in is in no storage: one that was forgotten
/// counts on from here, or its next events would be taken for known ones.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Caller")]
public sealed record Caller(
    [property: Id(0)] string ConnectionId,
    [property: Id(1)] string Protocol,
    [property: Id(2)] string GatewayId,
    [property: Id(3)] string Address,
    [property: Id(4)] ResumeTicket? Resume = null,
    [property: Id(5)] long Seen = 0);
