using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>The outcome of <see cref="ISessionGrain.Resume"/> and <see cref="ISessionGrain.MakeResumable"/>.</summary>
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
