namespace Gatehouse.GrainInterfaces.Users;

/// <summary>One login on one device: a family of tokens and the sessions that came from it.</summary>
/// <param name="Id">The family's id. Not a secret: a token needs a signature.</param>
/// <param name="Protocol">The protocol that it was made through.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="LastUsedAt">When its newest token was issued.</param>
/// <param name="IsOnline">Whether one of its sessions has a live connection.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Login")]
public sealed record Login(
    [property: Id(0)] string Id,
    [property: Id(1)] string Protocol,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset LastUsedAt,
    [property: Id(4)] bool IsOnline);
