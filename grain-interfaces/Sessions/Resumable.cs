namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>A session that waits for its client, see <see cref="ISessionGrain.FindResumable"/>.</summary>
/// <param name="Tag">The tag of the ticket that it was given; empty when it was given none.</param>
/// <param name="Protocol">The protocol that its client speaks.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Resumable")]
public sealed record Resumable([property: Id(0)] string Tag, [property: Id(1)] string Protocol);
