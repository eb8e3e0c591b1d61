namespace Gatehouse.GrainInterfaces.Users;

/// <summary>The outcome of checking a password.</summary>
public enum PasswordCheck
{
    /// <summary>It is the user's password.</summary>
    Right,

    /// <summary>It is not, or the user has none.</summary>
    Wrong,

    /// <summary>The account is locked after too many failures, or banned; whether the password is right is not told.</summary>
    Locked,

    /// <summary>Too many passwords are being checked at the moment; it was not looked at.</summary>
    Busy,
}

/// <summary>The answer to <see cref="IUserLogins.CheckPassword"/>.</summary>
/// <param name="Check">The outcome.</param>
/// <param name="Version">The version of the account that the password was compared with: what the outcome holds for, and no other.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PasswordReply")]
public sealed record PasswordReply([property: Id(0)] PasswordCheck Check, [property: Id(1)] int Version = 0);

/// <summary>The outcome of changing a password.</summary>
public enum PasswordChange
{
    /// <summary>It was changed.</summary>
    Changed,

    /// <summary>The present password is wrong.</summary>
    Wrong,

    /// <summary>The new one is too short or too long.</summary>
    TooShortOrLong,

    /// <summary>The new one has too few different characters.</summary>
    TooSimple,

    /// <summary>The account is locked, or too many passwords are being hashed.</summary>
    Withheld,
}

/// <summary>What makes a password acceptable.</summary>
/// <param name="MinLength">Shortest, in UTF-16 units.</param>
/// <param name="MaxLength">Longest, in UTF-16 units.</param>
/// <param name="MinUniqueCharacters">How many different characters it must have.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PasswordRules")]
public sealed record PasswordRules(
    [property: Id(0)] int MinLength,
    [property: Id(1)] int MaxLength,
    [property: Id(2)] int MinUniqueCharacters);
