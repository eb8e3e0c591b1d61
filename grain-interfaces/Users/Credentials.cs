namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A name or e-mail address and a password, as the client typed them.</summary>
/// <param name="Login">The name, or the e-mail address.</param>
/// <param name="Password">The password.</param>
/// <param name="IsEmail">Which of the two <paramref name="Login"/> is.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Credentials")]
public sealed record Credentials(
    [property: Id(0)] string Login,
    [property: Id(1)] Secret Password,
    [property: Id(2)] bool IsEmail = false);

/// <summary>What a new user brings, as the client typed it; <see cref="IUserGrain"/> checks it.</summary>
/// <param name="Username">1 to 32 characters, unique regardless of case and Unicode composition.</param>
/// <param name="Email">At most 254 characters, unique likewise.</param>
/// <param name="Password">8 to 128 characters by default.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Registration")]
public sealed record Registration(
    [property: Id(0)] string Username,
    [property: Id(1)] string Email,
    [property: Id(2)] Secret Password);
