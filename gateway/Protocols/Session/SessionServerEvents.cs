using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Protocols.Session;

/// <summary>What the session protocol tells its clients, see docs/PROTOCOLS.md, "session".</summary>
public static class SessionServerEvents
{
    /// <summary><c>login_success</c>: a login by name and password, or by token.</summary>
    public static ServerEvent LoginSuccess { get; } = new("login_success");

    /// <summary><c>register_success</c>.</summary>
    public static ServerEvent RegisterSuccess { get; } = new("register_success");

    /// <summary><c>upgrade_success</c>: the guest is a user now.</summary>
    public static ServerEvent UpgradeSuccess { get; } = new("upgrade_success");

    /// <summary><c>login_error</c>.</summary>
    /// <param name="reason">The field that was wrong; null when the client is not to know, or it was none.</param>
    public static ServerEvent LoginError(string? reason = null) => new("login_error", reason);

    /// <summary><c>register_error</c>, see <see cref="LoginError"/>.</summary>
    public static ServerEvent RegisterError(string? reason = null) => new("register_error", reason);

    /// <summary><c>upgrade_error</c>, see <see cref="LoginError"/>.</summary>
    public static ServerEvent UpgradeError(string? reason = null) => new("upgrade_error", reason);

    /// <summary><c>event_error</c>: an event that is unknown, or not allowed in this state.</summary>
    /// <param name="eventName">The client's event.</param>
    public static ServerEvent EventError(string? eventName) => new("event_error", eventName);

    /// <summary><c>token_change</c>: the token to log in with next time.</summary>
    public static ServerEvent TokenChange(string jwt) => new("token_change", jwt);

    /// <summary><c>user_change</c>.</summary>
    /// <param name="user">Name or id, see <see cref="SessionProtocolOptions.UserChange"/>.</param>
    public static ServerEvent UserChange(string? user) => new("user_change", user);

    /// <summary><c>state_change</c>: <c>undefined</c>, <c>guest</c> or <c>user</c>.</summary>
    public static ServerEvent StateChange(LoginState state) => new("state_change", Spell(state));

    /// <summary><c>resumed</c> (extension): where a client that can resume stands.</summary>
    public static ServerEvent Resumed(Resumed resumed) => new("resumed", resumed);

    /// <summary><c>sequence</c> (extension): the number of the newest session event that the client was told of.</summary>
    public static ServerEvent Sequence(long sequence) => new("sequence", sequence);

    /// <summary>A login state in the protocol's spelling.</summary>
    public static string Spell(LoginState state) => state switch
    {
        LoginState.Guest => "guest",
        LoginState.User => "user",
        _ => "undefined",
    };
}
