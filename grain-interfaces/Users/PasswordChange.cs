namespace Gatehouse.GrainInterfaces.Users;

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
