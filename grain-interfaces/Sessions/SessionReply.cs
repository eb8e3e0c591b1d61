using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>The outcome of a session command: either refused, or the events that it caused.</summary>
/// <param name="Refusal">Why it was refused; <see cref="Refusal.None"/> on success.</param>
/// <param name="Events">The events to deliver, in order; empty when refused.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionReply")]
public sealed record SessionReply(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] ImmutableArray<SessionEvent> Events)
{
    /// <summary>A reply that refuses.</summary>
    public static SessionReply Refused(Refusal reason) => new(reason, []);

    /// <summary>A reply that succeeds with these events.</summary>
    public static SessionReply Of(params ImmutableArray<SessionEvent> events) => new(Refusal.None, events);
}
