namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>How the client of a connection will come back, where its transport has a way of its own for that.</summary>
/// <param name="Secret">What it will show, see <see cref="ISessionGrain.Resume"/>.</param>
/// <param name="Tag">What the transport wants back then.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ResumeTicket")]
public sealed record ResumeTicket([property: Id(0)] Secret Secret, [property: Id(1)] string Tag);
