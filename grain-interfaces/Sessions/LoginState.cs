using System.Text.Json.Serialization;

namespace Gatehouse.GrainInterfaces.Sessions;

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
