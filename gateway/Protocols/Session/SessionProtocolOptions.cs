namespace Gatehouse.Gateway.Protocols.Session;

/// <summary>Settings <c>Gatehouse:SessionProtocol</c>: where the protocol's document leaves a choice.</summary>
public sealed class SessionProtocolOptions
{
    /// <summary>Whether <c>login_error</c> says if the name or the password was wrong. Off, strangers cannot list accounts.</summary>
    public bool TellLoginReason { get; set; } = true;

    /// <summary>Spell the reason "username" as the document does: "uesrname".</summary>
    public bool DocumentSpelling { get; set; }

    /// <summary>What <c>user_change</c> carries.</summary>
    public UserChangePayload UserChange { get; set; }
}

/// <summary>What <c>user_change</c> carries: the document's heading says name, its text says id.</summary>
public enum UserChangePayload
{
    /// <summary>The user's name.</summary>
    Name,

    /// <summary>The user's id.</summary>
    Id,
}
