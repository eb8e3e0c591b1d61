using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>The outcome of a session command: either refused, or the events that it caused.</summary>
/// <param name="Refusal">Why it was refused; <see cref="Refusal.None"/> on success.</param>
/// <param name="Events">The events to deliver, in order; empty when refused.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionReply")]
public sealed record SessionReply(
    [property: Id(0)] Refusal Refusal,
    [property: Id(1)] ImmutableArray<SessionEvent> Events)
{
    /// <summary>A reply that refuses.</summary>
    public static SessionReply Refused(Refusal reason) => new(reason, []);

    /// <summary>A reply that succeeds with these events.</summary>
    public static SessionReply Of(params ImmutableArray<SessionEvent> events) => new(Refusal.None, events);
}

/// <summary>
/// One entry of a session's outbox: a change of its login state, in no protocol's spelling. A protocol turns it into named
/// events; because it holds no secret (tokens are signed on the way out), it can be stored and delivered again.
/// </summary>
/// <param name="Sequence">Position in the session's outbox: 1 for the first event, without gaps.</param>
/// <param name="Kind">What happened.</param>
/// <param name="State">The login state afterwards.</param>
/// <param name="UserId">The user concerned; null when logged out.</param>
/// <param name="UserName">The user's name at that time; null when logged out.</param>
/// <param name="Token">The token that the client is to keep; null where none is issued.</param>
/// <param name="IsBanned">Whether the login ended because the user is banned.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionEvent")]
public sealed record SessionEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] SessionEventKind Kind,
    [property: Id(2)] LoginState State,
    [property: Id(3)] Guid? UserId = null,
    [property: Id(4)] string? UserName = null,
    [property: Id(5)] IssuedToken? Token = null,
    [property: Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsBanned = false);

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

/// <summary>Who a session is logged in as. The session protocol's <c>state_change</c> reports it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LoginState>))]
public enum LoginState
{
    /// <summary>Nobody: the state that a session begins in and returns to by logging out.</summary>
    Undefined,

    /// <summary>A guest: a user without name of its own, e-mail or password.</summary>
    Guest,

    /// <summary>A registered user.</summary>
    User,
}
