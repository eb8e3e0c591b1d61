namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What makes a password acceptable.</summary>
/// <param name="MinLength">Shortest, in UTF-16 units.</param>
/// <param name="MaxLength">Longest, in UTF-16 units.</param>
/// <param name="MinUniqueCharacters">How many different characters it must have.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PasswordRules")]
public sealed record PasswordRules(
    [property: Id(0)] int MinLength,
    [property: Id(1)] int MaxLength,
    [property: Id(2)] int MinUniqueCharacters);
