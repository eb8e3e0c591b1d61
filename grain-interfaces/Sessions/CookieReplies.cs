namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>The outcome of <see cref="ISessionCookie.Open"/>.</summary>
/// <param name="Refusal">Why it was refused; <see cref="Refusal.None"/> on success.</param>
/// <param name="UserId">The user that the session is logged in as.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.OpenReply")]
public sealed record OpenReply(
    [property: Id(0)] Refusal Refusal,
    [property: Id(2)] Guid UserId);

/// <summary>A connection joined a session, see <see cref="ISessionCookie.Join"/>.</summary>
/// <param name="UserId">The user that the session is logged in as.</param>
/// <param name="Sequence">The number of the session's newest event: what comes later is news.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.JoinReply")]
public sealed record JoinReply([property: Id(0)] Guid UserId, [property: Id(1)] long Sequence);
