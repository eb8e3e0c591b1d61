using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>How the client of a connection will come back, where its transport has a way of its own for that.</summary>
/// <param name="Secret">What it will show, see <see cref="ISessionConnections.Resume"/>.</param>
/// <param name="Tag">What the transport wants back then.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ResumeTicket")]
public sealed record ResumeTicket([property: Id(0)] Secret Secret, [property: Id(1)] string Tag);

/// <summary>A session that waits for its client, see <see cref="ISessionConnections.FindResumable"/>.</summary>
/// <param name="Tag">The tag of the ticket that it was given; empty when it was given none.</param>
/// <param name="Protocol">The protocol that its client speaks.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Resumable")]
public sealed record Resumable([property: Id(0)] string Tag, [property: Id(1)] string Protocol);

/// <summary>The outcome of <see cref="ISessionConnections.Resume"/> and <see cref="ISessionConnections.MakeResumable"/>.</summary>
/// <param name="Recovered">True when an earlier session goes on; false when it is gone or the secret is wrong.</param>
/// <param name="Secret">What the client must show to resume this session; empty when not recovered.</param>
/// <param name="State">The session's login state after the events.</param>
/// <param name="Sequence">The sequence number of the session's newest event; 0 before the first.</param>
/// <param name="Events">What the client missed, in order.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ResumeReply")]
public sealed record ResumeReply(
    [property: Id(0)] bool Recovered,
    [property: Id(1)] Secret Secret,
    [property: Id(2)] LoginState State,
    [property: Id(3)] long Sequence,
    [property: Id(4)] ImmutableArray<SessionEvent> Events)
{
    /// <summary>There is nothing to resume.</summary>
    public static ResumeReply Gone { get; } = new(false, new Secret(""), LoginState.Undefined, 0, []);
}
