namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What sort of account a user is. Looked up on the server at each login, never written into a token.</summary>
public enum UserKind
{
    /// <summary>Made by <c>login_guest</c>: a generated name, no e-mail, no password.</summary>
    Guest,

    /// <summary>Registered with name, e-mail and password.</summary>
    Regular,
}
