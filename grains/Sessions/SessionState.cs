using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Grains.Sessions;

/// <summary>
/// What is stored of a session, as JSON under the state name "session". There is a row exactly while the session is logged in.
/// Fields may be added; a reader takes the default for what is missing and passes over what it does not know.
/// </summary>
[GenerateSerializer, Alias("Gatehouse.SessionState")]
public sealed class SessionState
{
    [Id(0)] public LoginState Login { get; set; }

    [Id(1)] public Guid? UserId { get; set; }

    [Id(2)] public string? UserName { get; set; }

    /// <summary>The token that the session was entered with; revoking it ends the session.</summary>
    [Id(3)] public string? TokenId { get; set; }

    /// <summary>SHA-256 of the secret that resumes the session, base64; null when it cannot be resumed.</summary>
    [Id(4)] public string? SecretHash { get; set; }

    /// <summary>What the transport wants back when the session is resumed, see ResumeTicket.</summary>
    [Id(12)] public string? Tag { get; set; }

    /// <summary>The newest event's number.</summary>
    [Id(5)] public long Sequence { get; set; }

    /// <summary>Events that were not acknowledged, oldest first.</summary>
    [Id(6)] public List<SessionEvent> Outbox { get; set; } = [];

    /// <summary>The gateway of each connection, by connection id.</summary>
    [Id(7)] public Dictionary<string, string> Connections { get; set; } = [];

    /// <summary>When the last connection went; null while there is one.</summary>
    [Id(8)] public DateTimeOffset? DetachedAt { get; set; }

    /// <summary>How long the session outlives its last connection; zero when it ends with it.</summary>
    [Id(9)] public TimeSpan IdleWindow { get; set; }

    /// <summary>When the session ends in any case; null when never.</summary>
    [Id(11)] public DateTimeOffset? EndsAt { get; set; }

    /// <summary>The room that it is in; null when in none.</summary>
    [Id(13)] public SessionSeat? Seat { get; set; }

    /// <summary>The protocol that it speaks.</summary>
    [Id(10)] public string Protocol { get; set; } = "";
}
