using System.Text.Json.Serialization;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>What happened to a session's login state.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionEventKind>))]
public enum SessionEventKind
{
    /// <summary>Logged in by credentials or token.</summary>
    LoggedIn,

    /// <summary>Logged in as a newly made guest.</summary>
    BecameGuest,

    /// <summary>Registered a new user and logged in as it.</summary>
    Registered,

    /// <summary>The session's guest became a registered user: same id, same tokens.</summary>
    Upgraded,

    /// <summary>The session's guest became a registered user through another session.</summary>
    BecameUser,

    /// <summary>Logged out, by its own wish or because the token was revoked.</summary>
    LoggedOut,
}
