using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Gateway.Tests;

public sealed class TokenSignerTests
{
    private const string Header = """{"alg":"HS256","typ":"JWT","kid":"a"}""";

    private static readonly Guid UserId = Guid.Parse("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");

    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TokenSigner _signer;
    private readonly IssuedToken _token;

    public TokenSignerTests()
    {
        _signer = new TokenSigner(Keys.Of(Keys.Line('a'), Keys.Line('b')), _time);
        _token = new IssuedToken("the-token-id", UserId, _time.GetUtcNow(), _time.GetUtcNow().AddHours(1));
    }

    [Fact]
    public void ASignedTokenIsVerified() => Assert.Equal((UserId, "the-token-id"), _signer.Verify(_signer.Sign(_token)));

    [Fact]
    public void TheJwtIsTheOneOfTheStandard()
    {
        var jwt = _signer.Sign(_token).Split('.');
        Assert.Equal("""{"alg":"HS256","kid":"a","typ":"JWT"}""", Decode(jwt[0]));
        Assert.Equal(
            """{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":"the-token-id","iat":1767225600,"exp":1767229200}""",
            Decode(jwt[1]));
        Assert.Equal(Signature($"{jwt[0]}.{jwt[1]}", 'a'), jwt[2]);
    }

    /// <summary>As version 0.1.0 signed it; its header has another order.</summary>
    [Fact]
    public void AJwtThatWasSignedBeforeThisLibraryIsVerified() => Assert.Equal(
        (UserId, "the-token-id"),
        _signer.Verify(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImEifQ"
            + ".eyJzdWIiOiIwMTkwYTFiMi1jM2Q0LTdlNWYtOGE5Yi0wYzFkMmUzZjRhNWIiLCJqdGkiOiJ0aGUtdG9rZW4taWQiLCJpYXQiOjE3"
            + "NjcyMjU2MDAsImV4cCI6MTc2NzIyOTIwMH0"
            + ".sBe_k8qtAU3b-Cnb8Zrn3Ho5SmhtMXnmRYQfGtpr5aw"));

    [Fact]
    public void OneTokenAlwaysGivesTheSameJwt()
    {
        var jwt = _signer.Sign(_token);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(jwt, _signer.Sign(_token with { }));
    }

    [Fact]
    public void ATokenIsGoodUntilTheSecondItExpires()
    {
        var jwt = _signer.Sign(_token);
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.NotNull(_signer.Verify(jwt));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_signer.Verify(jwt));
    }

    [Fact]
    public void KeysCanBeRotated()
    {
        var jwt = _signer.Sign(_token);
        Assert.NotNull(new TokenSigner(Keys.Of(Keys.Line('c'), Keys.Line('a')), _time).Verify(jwt));
        Assert.Null(new TokenSigner(Keys.Of(Keys.Line('c'), Keys.Line('b')), _time).Verify(jwt));
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT","kid":"a"}""")]
    [InlineData("""{"alg":"None","kid":"a"}""")]
    [InlineData("""{"alg":"hs256","kid":"a"}""")]
    [InlineData("""{"alg":"HS512","kid":"a"}""")]
    [InlineData("""{"alg":"RS256","kid":"a"}""")]
    [InlineData("""{"alg":["HS256"],"kid":"a"}""")]
    [InlineData("""{"alg":null,"kid":"a"}""")]
    [InlineData("""{"kid":"a"}""")]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","kid":null}""")]
    [InlineData("""{"alg":"HS256","kid":1}""")]
    [InlineData("""{"alg":"HS256","kid":"b"}""")] // another key than the one that signed
    [InlineData("""{"alg":"HS256","kid":"unknown"}""")]
    [InlineData("""{"alg":"HS256","kid":"../../dev/null"}""")]
    [InlineData("""{"alg":"HS256","kid":"a"}{}""")]
    [InlineData("[]")]
    [InlineData("\"HS256\"")]
    [InlineData("null")]
    [InlineData("no JSON")]
    [InlineData("")]
    public void AnotherHeaderIsForged(string header) => Assert.Null(_signer.Verify(Forge(header, Claims())));

    [Theory]
    [InlineData("""{"jti":"x","exp":9999999999}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","exp":9999999999}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":"x"}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":"x","exp":"9999999999"}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":"x","exp":1e99}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":"","exp":9999999999}""")]
    [InlineData("""{"sub":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","jti":7,"exp":9999999999}""")]
    [InlineData("""{"sub":"somebody","jti":"x","exp":9999999999}""")]
    [InlineData("""{"sub":7,"jti":"x","exp":9999999999}""")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]")]
    [InlineData("null")]
    [InlineData("no JSON")]
    public void ClaimsThatAreNotOursAreRefusedEvenWhenWellSigned(string claims) =>
        Assert.Null(_signer.Verify(Forge(Header, claims)));

    [Theory]
    [InlineData(Header, """{"\ud800sub_and_something_more":1,"jti":"x","exp":9999999999}""")]
    [InlineData("""{"\ud800algorithm_or_what":1}""", """{"sub":"x"}""")]
    public void AFieldNameThatIsNoUnicodeIsRefused(string header, string claims) =>
        Assert.Null(_signer.Verify(Forge(header, claims)));

    [Fact]
    public void AnAlteredClaimBreaksTheSignature()
    {
        var jwt = _signer.Sign(_token).Split('.');
        var other = Encode(Decode(jwt[1]).Replace("the-token-id", "another-token"));
        Assert.Null(_signer.Verify($"{jwt[0]}.{other}.{jwt[2]}"));
    }

    [Fact]
    public void AnotherKeysSignatureIsForged() => Assert.Null(_signer.Verify(Forge(Header, Claims(), signedWith: 'x')));

    [Fact]
    public void ASignatureThatIsMissingOrCutIsForged()
    {
        var jwt = _signer.Sign(_token);
        Assert.Null(_signer.Verify(jwt[..(jwt.LastIndexOf('.') + 1)]));
        Assert.Null(_signer.Verify(jwt[..jwt.LastIndexOf('.')]));
        Assert.Null(_signer.Verify(jwt[..^4]));
        Assert.Null(_signer.Verify(jwt + "AAAA"));
        Assert.Null(_signer.Verify(jwt + ".AAAA"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("\u00e4.\u00f6.\u00fc")]
    [InlineData("Bearer ey.ey.ey")]
    public void WhatIsNoJwtIsRefused(string? text) => Assert.Null(_signer.Verify(text));

    [Fact]
    public void AJwtOfAHundredKilobytesIsRefusedEvenWhenWellSigned() => Assert.Null(_signer.Verify(
        Forge(Header, $$"""{"sub":"{{UserId}}","jti":"x","exp":9999999999,"padding":"{{new string('p', 100_000)}}"}""")));

    [Fact]
    public void AnyChangeOfAnyCharacterIsNoticed()
    {
        var jwt = _signer.Sign(_token);
        // The last character of the signature holds four bits of it, and two that mean nothing.
        for (var index = 0; index < jwt.Length - 1; index++)
        {
            var changed = jwt[..index] + (jwt[index] == 'A' ? 'B' : 'A') + jwt[(index + 1)..];
            Assert.Null(_signer.Verify(changed));
        }
    }

    [Fact]
    public void NothingThatTheLibraryLogsHasAnyOfTheToken()
    {
        using var log = new IdentityModelLog();
        var jwt = _signer.Sign(_token);
        Assert.NotNull(_signer.Verify(jwt));
        Assert.Null(_signer.Verify(jwt[..^4]));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(_signer.Verify(jwt));
        Assert.NotEmpty(log.Text);
        foreach (var part in jwt.Split('.').Append("the-token-id").Append($"{UserId}"))
        {
            Assert.DoesNotContain(part[..^4], log.Text, StringComparison.Ordinal);
        }
    }

    private static string Claims() => $$"""{"sub":"{{UserId}}","jti":"x","iat":1,"exp":9999999999}""";

    private static string Forge(string header, string claims, char signedWith = 'a')
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Signature(signed, signedWith)}";
    }

    private static string Signature(string signed, char key) => Base64Url.EncodeToString(
        HMACSHA256.HashData(Enumerable.Repeat((byte)key, 32).ToArray(), Encoding.ASCII.GetBytes(signed)));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
}
