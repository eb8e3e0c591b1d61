namespace Gatehouse.GrainInterfaces.Users;

/// <summary>Changes to a profile; null leaves a field as it is, an empty text clears it.</summary>
/// <param name="Icon">An http or https address, or a path on this server, of at most 2,048 characters.</param>
/// <param name="Bio">At most 2,000 characters.</param>
/// <param name="Status">Any but <see cref="UserStatus.Offline"/>, which is not for the user to say.</param>
/// <param name="StatusText">At most 128 characters.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ProfileEdit")]
public sealed record ProfileEdit(
    [property: Id(0)] string? Icon,
    [property: Id(1)] string? Bio,
    [property: Id(2)] UserStatus? Status,
    [property: Id(3)] string? StatusText);
