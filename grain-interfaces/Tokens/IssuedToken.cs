namespace Gatehouse.GrainInterfaces.Tokens;

/// <summary>
/// What a token says. The gateway signs it into a JWT (HS256) with these as claims <c>jti</c>, <c>sub</c>, <c>iat</c> and
/// <c>exp</c>, so the grains never hold anything that lets somebody in.
/// </summary>
/// <param name="Id">Claim <c>jti</c>: unguessable, unique.</param>
/// <param name="UserId">Claim <c>sub</c>.</param>
/// <param name="IssuedAt">Claim <c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt">Claim <c>exp</c>, whole seconds.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.IssuedToken")]
public sealed record IssuedToken(
    [property: Id(0)] string Id,
    [property: Id(1)] Guid UserId,
    [property: Id(2)] DateTimeOffset IssuedAt,
    [property: Id(3)] DateTimeOffset ExpiresAt);
