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
