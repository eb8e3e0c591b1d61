namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>Shows that a request comes from whom it says.</summary>
/// <param name="Kind">The kind that it says it is; a node's token is none of a client.</param>
/// <param name="Secret">The secret of its token.</param>
/// <param name="Address">
/// The network address from which failures are counted; null when the connection has logged in with this secret, so that the
/// failures of others at its address do not shut it out.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientProof")]
public sealed record ClientProof(
    [property: Id(0)] ClientKind Kind, [property: Id(1)] Secret Secret, [property: Id(2)] string? Address);
