namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A name and a password, as the client typed them.</summary>
[GenerateSerializer, Immutable, Alias("Gatehouse.Credentials")]
public sealed record Credentials([property: Id(0)] string Username, [property: Id(1)] Secret Password);
