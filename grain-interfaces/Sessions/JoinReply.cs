namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>A connection joined a session, see <see cref="ISessionGrain.Join"/>.</summary>
/// <param name="UserId">The user that the session is logged in as.</param>
/// <param name="Sequence">The number of the session's newest event: what comes later is news.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.JoinReply")]
public sealed record JoinReply([property: Id(0)] Guid UserId, [property: Id(1)] long Sequence);
