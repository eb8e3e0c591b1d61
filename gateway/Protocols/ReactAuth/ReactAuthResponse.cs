using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The body of every react-auth HTTP response.</summary>
/// <param name="Success">Whether the client is logged in.</param>
/// <param name="Session">The ticket; empty when not.</param>
/// <param name="User">The user; null when not.</param>
public sealed record ReactAuthResponse(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("session")] string Session,
    [property: JsonPropertyName("user")] ReactAuthUser? User)
{
    public static ReactAuthResponse Refused { get; } = new(false, "", null);
}

/// <summary>The user, of which the client only knows that it is an object.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Username">The user's name.</param>
/// <param name="Email">The user's own e-mail address.</param>
public sealed record ReactAuthUser(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("email")] string? Email);
