using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A session was entered under a user.</summary>
/// <param name="UserId">The user's id, for ever the same.</param>
/// <param name="UserName">The user's name as it is shown.</param>
/// <param name="Kind">Guest or regular.</param>
/// <param name="Token">The token that the client is to keep.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SignIn")]
public sealed record SignIn(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] string UserName,
    [property: Id(2)] UserKind Kind,
    [property: Id(3)] IssuedToken Token);
