namespace Gatehouse.GrainInterfaces;

/// <summary>Why a request was refused.</summary>
public enum Refusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Not allowed in the present login state.</summary>
    NotAllowed,

    /// <summary>The name: unknown, or not acceptable.</summary>
    Username,

    /// <summary>The name is somebody else's.</summary>
    UsernameTaken,

    /// <summary>The e-mail address is not acceptable.</summary>
    Email,

    /// <summary>The e-mail address is somebody else's.</summary>
    EmailTaken,

    /// <summary>The password: wrong, too short or too long.</summary>
    Password,

    /// <summary>The password has too few different characters.</summary>
    PasswordTooSimple,

    /// <summary>The token: unknown, expired, revoked, or given up longer ago than the overlap.</summary>
    Token,

    /// <summary>The name of a room is not acceptable.</summary>
    Room,

    /// <summary>The user is banned from the room.</summary>
    Banned,

    /// <summary>For a reason that is not told: locked after too many failures, or too busy.</summary>
    Withheld,

    /// <summary>The room is closed.</summary>
    Closed,
}
