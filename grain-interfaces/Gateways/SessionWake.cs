namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>Something happened to a login that a session came from: its gateway has to look after it.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Number">Rises with each wake-up of the session.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionWake")]
public sealed record SessionWake([property: Id(0)] string SessionId, [property: Id(1)] long Number);
