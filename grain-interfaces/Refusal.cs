namespace Gatehouse.GrainInterfaces;

/// <summary>Why a request was refused.</summary>
public enum Refusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Not allowed in the present login state.</summary>
    NotAllowed,

    /// <summary>The name: unknown, taken, or not acceptable.</summary>
    Username,

    /// <summary>The e-mail address: taken, or not acceptable.</summary>
    Email,

    /// <summary>The password: wrong, or not acceptable.</summary>
    Password,

    /// <summary>The token: unknown, expired, revoked, or given up longer ago than the overlap.</summary>
    Token,

    /// <summary>For a reason that is not told: locked after too many failures, or too busy.</summary>
    Withheld,
}
