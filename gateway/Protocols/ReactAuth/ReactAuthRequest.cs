namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The body of a react-auth HTTP request, for its description.</summary>
/// <param name="Type">Which request it is, see <see cref="ReactAuthTypes"/>.</param>
/// <param name="Username">The name, to log in.</param>
/// <param name="Password">The password, to log in.</param>
public sealed record ReactAuthRequest(string Type, string? Username, string? Password);
