namespace Gatehouse.GrainInterfaces.Users;

/// <summary>The outcome of checking a password.</summary>
public enum PasswordCheck
{
    /// <summary>It is the user's password.</summary>
    Right,

    /// <summary>It is not, or the user has none.</summary>
    Wrong,

    /// <summary>The account is locked after too many failures; whether the password is right is not told.</summary>
    Locked,

    /// <summary>Too many passwords are being checked at the moment; it was not looked at.</summary>
    Busy,
}
