using Gatehouse.Gateway.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>Token keys for tests: each is one letter, many times.</summary>
internal static class Keys
{
    public static string Line(char letter, int length = 32) =>
        $"{letter}:{Convert.ToBase64String([.. Enumerable.Repeat((byte)letter, length)])}";

    public static TokenKeys Of(params string[] lines) => Of(new TokenKeyOptions { Keys = lines });

    public static TokenKeys Of(TokenKeyOptions options, string? environment = null) => new(
        Options.Create(options), new FakeEnvironment(environment ?? Environments.Production), NullLogger<TokenKeys>.Instance);
}
