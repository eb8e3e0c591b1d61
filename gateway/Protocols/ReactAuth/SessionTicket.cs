using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>
/// A session's id and a secret. There are two for each session: what react-auth calls <c>session</c>, which opens sockets and which
/// scripts see; and the value of its cookie, which resumes over HTTP and which they do not.
/// </summary>
/// <param name="SessionId">The session.</param>
/// <param name="Secret">Its secret.</param>
public readonly record struct SessionTicket(string SessionId, Secret Secret)
{
    private const int IdLength = 22;
    private const int SecretLength = 43;

    /// <summary>The cookie of a new session.</summary>
    public static SessionTicket NewCookie() => new(RandomId.New(), new Secret(RandomId.NewSecret()));

    /// <summary>Reads a ticket; null when the text is none.</summary>
    public static SessionTicket? Parse(string? text) =>
        text is { Length: IdLength + 1 + SecretLength } && text[IdLength] == '.'
            ? new SessionTicket(text[..IdLength], new Secret(text[(IdLength + 1)..]))
            : null;

    /// <summary>What a cookie's owner gets as <c>session</c>, always the same. It does not tell the cookie.</summary>
    public SessionTicket OfCookie() => this with
    {
        Secret = new Secret(Base64Url.EncodeToString(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret.Value), "react-auth session"u8))),
    };

    /// <summary>The ticket as the client keeps it. Not by ToString, which must not print a secret.</summary>
    public string Write() => $"{SessionId}.{Secret.Value}";
}
