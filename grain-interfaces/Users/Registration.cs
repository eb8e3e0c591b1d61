namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What a new user brings, as the client typed it; <see cref="IUserGrain"/> checks it.</summary>
/// <param name="Username">1 to 32 characters, unique regardless of case and Unicode composition.</param>
/// <param name="Email">At most 254 characters, unique likewise.</param>
/// <param name="Password">8 to 128 characters by default.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Registration")]
public sealed record Registration(
    [property: Id(0)] string Username,
    [property: Id(1)] string Email,
    [property: Id(2)] Secret Password);
