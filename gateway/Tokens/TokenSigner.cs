using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Gateway.Tokens;

/// <summary>
/// Turns issued tokens into JWTs (RFC 7519, HS256) and checks the ones that clients show. The same token always gives the same
/// JWT, so none needs to be stored. Whether a token is still good is <see cref="ITokenGrain"/>'s to say.
/// </summary>
public sealed class TokenSigner(TokenKeys keys, TimeProvider time)
{
    /// <summary>Ours have about 330 characters; nothing longer is looked at.</summary>
    private const int MaxLength = 4096;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4 };

    /// <summary>The JWT of a token.</summary>
    public string Sign(IssuedToken token)
    {
        var (id, secret) = keys.Current;
        var header = Encode($$"""{"alg":"HS256","typ":"JWT","kid":{{JsonSerializer.Serialize(id)}}}""");
        var claims = Encode(
            $$"""{"sub":"{{token.UserId:D}}","jti":"{{token.Id}}","iat":{{token.IssuedAt.ToUnixTimeSeconds()}},"exp":{{token.ExpiresAt.ToUnixTimeSeconds()}}}""");
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The user and token id that a JWT vouches for; null when it is malformed, forged or expired.</summary>
    public (Guid UserId, string TokenId)? Verify(string? jwt)
    {
        if (jwt is null || jwt.Length > MaxLength || jwt.Split('.') is not [var header, var claims, var signature]) return null;
        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header), Strict);
            // The algorithm is ours to choose: a token that names another one, or none, is forged.
            if (head.RootElement.Text("alg") != "HS256") return null;
            if (head.RootElement.Text("kid") is not { } kid || keys.Find(kid) is not { } secret) return null;
            var expected = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{claims}"));
            if (!CryptographicOperations.FixedTimeEquals(expected, Base64Url.DecodeFromChars(signature))) return null;

            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims), Strict);
            return body.RootElement.Number("exp") > time.GetUtcNow().ToUnixTimeSeconds()
                && Guid.TryParseExact(body.RootElement.Text("sub"), "D", out var userId)
                && body.RootElement.Text("jti") is { Length: > 0 and <= 64 } tokenId ? (userId, tokenId) : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
