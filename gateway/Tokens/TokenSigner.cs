using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Gateway.Tokens;

/// <summary>
/// Turns issued tokens into JWTs (RFC 7519, HS256) and checks the ones that clients show. The same token always gives the same
/// JWT, so none needs to be stored. Whether a token is still good is <see cref="ITokenGrain"/>'s to say.
/// </summary>
public sealed class TokenSigner
{
    /// <summary>Ours have about 330 characters; nothing longer is looked at.</summary>
    private const int MaxLength = 4096;

    private readonly TokenKeys _keys;
    private readonly JsonWebTokenHandler _handler = new()
    {
        MapInboundClaims = false,
        MaximumTokenSizeInBytes = MaxLength,
        SetDefaultTimesOnTokenCreation = false,
    };

    private readonly TokenValidationParameters _ours;

    // Whatever the library tells its event source, it leaves tokens and claims out.
    static TokenSigner() => (IdentityModelEventSource.ShowPII, IdentityModelEventSource.LogCompleteSecurityArtifact) = (false, false);

    public TokenSigner(TokenKeys keys, TimeProvider time)
    {
        _keys = keys;
        _ours = new()
        {
            // The algorithm is ours to choose: a token that names another one, or none, is forged.
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKeyResolver = (_, _, id, _) => id is not null && keys.Find(id) is { } key ? [key] : [],
            TryAllIssuerSigningKeys = false,
            ValidateIssuer = false,
            ValidateAudience = false,
            LifetimeValidator = (_, _, token, _) => Expiry((JsonWebToken)token) > time.GetUtcNow().ToUnixTimeSeconds(),
        };
    }

    /// <summary>The JWT of a token.</summary>
    public string Sign(IssuedToken token) => _handler.CreateToken(
        $$"""{"sub":"{{token.UserId:D}}","jti":"{{token.Id}}","iat":{{token.IssuedAt.ToUnixTimeSeconds()}},"exp":{{token.ExpiresAt.ToUnixTimeSeconds()}}}""",
        new SigningCredentials(_keys.Current, SecurityAlgorithms.HmacSha256));

    /// <summary>The user and token id that a JWT vouches for; null when it is malformed, forged or expired.</summary>
    public (Guid UserId, string TokenId)? Verify(string? jwt)
    {
        if (jwt is null || jwt.Length > MaxLength) return null;
        // Nothing in it waits: it is asynchronous for those whose keys are elsewhere.
        var verified = _handler.ValidateTokenAsync(jwt, _ours).GetAwaiter().GetResult();
        return verified is { IsValid: true, SecurityToken: JsonWebToken { Id: { Length: > 0 and <= 64 } id } token }
            && Guid.TryParseExact(token.Subject, "D", out var userId) ? (userId, id) : null;
    }

    /// <summary>Read strictly; the library would take a number in quotes, and a header with something behind it.</summary>
    private static long? Expiry(JsonWebToken token)
    {
        try
        {
            _ = JsonElement.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader));
            return JsonElement.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload)).Number("exp");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
