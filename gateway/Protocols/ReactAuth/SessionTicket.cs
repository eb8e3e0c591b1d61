using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>
/// What react-auth calls <c>session</c>, and the value of its cookie: a session's id and the secret that lets one use it.
/// </summary>
/// <param name="SessionId">The session.</param>
/// <param name="Secret">Its secret.</param>
public readonly record struct SessionTicket(string SessionId, Secret Secret)
{
    private const int IdLength = 22;
    private const int SecretLength = 43;

    /// <summary>Reads a ticket; null when the text is none.</summary>
    public static SessionTicket? Parse(string? text) =>
        text is { Length: IdLength + 1 + SecretLength } && text[IdLength] == '.'
            ? new SessionTicket(text[..IdLength], new Secret(text[(IdLength + 1)..]))
            : null;

    /// <summary>The ticket as the client keeps it. Not by ToString, which must not print a secret.</summary>
    public string Write() => $"{SessionId}.{Secret.Value}";
}
