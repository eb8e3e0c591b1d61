using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Gateway.Tokens;

/// <summary>The keys that sign and check tokens. Their constructor refuses settings that are not safe.</summary>
public sealed partial class TokenKeys
{
    private const int MinBytes = 32;

    private readonly FrozenDictionary<string, SymmetricSecurityKey> _keys;

    /// <exception cref="OptionsValidationException">No key in production, or one that is no base64 or too short.</exception>
    public TokenKeys(IOptions<TokenKeyOptions> options, IHostEnvironment environment, ILogger<TokenKeys> logger)
    {
        var lines = options.Value.Keys.AsEnumerable();
        if (!string.IsNullOrWhiteSpace(options.Value.KeyFile))
        {
            lines = lines.Concat(Read(Path.Combine(environment.ContentRootPath, options.Value.KeyFile)));
        }
        var keys = lines.Where(line => !string.IsNullOrWhiteSpace(line)).Select(Parse).ToList();
        if (keys.Count == 0)
        {
            if (!environment.IsDevelopment())
            {
                throw Invalid("there is no key: set Gatehouse:Token:Keys:0 or Gatehouse:Token:KeyFile (openssl rand -base64 32).");
            }
            keys.Add(Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(MinBytes))));
            LogEphemeral(logger);
        }
        if (keys.DistinctBy(key => key.KeyId).Count() < keys.Count) throw Invalid("two keys have the same id.");
        _keys = keys.ToFrozenDictionary(key => key.KeyId);
        Current = keys[0];
    }

    /// <summary>The key that signs new tokens.</summary>
    public SymmetricSecurityKey Current { get; }

    /// <summary>The key of that id; null when there is none.</summary>
    public SymmetricSecurityKey? Find(string id) => _keys.GetValueOrDefault(id);

    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"the KeyFile cannot be read: {unreadable.Message}");
        }
    }

    private static SymmetricSecurityKey Parse(string line)
    {
        var parts = line.Trim().Split(':', 2);
        var secret = new byte[parts[^1].Length];
        // Never the offending text in the message: it may be most of a secret.
        if (!Convert.TryFromBase64String(parts[^1].Trim(), secret, out var length)) throw Invalid("a key is not in base64.");
        if (length < MinBytes) throw Invalid($"a key has {length} bytes; at least {MinBytes} are needed.");
        secret = secret[..length];
        return new SymmetricSecurityKey(secret)
        {
            KeyId = parts.Length == 2 ? parts[0].Trim() : Convert.ToHexStringLower(SHA256.HashData(secret))[..8],
        };
    }

    private static OptionsValidationException Invalid(string message) =>
        new("Gatehouse:Token", typeof(TokenKeyOptions), [$"Gatehouse:Token: {message}"]);

    [LoggerMessage(LogLevel.Warning, "No token key is set: tokens are signed with a random one and end with this process.")]
    private static partial void LogEphemeral(ILogger logger);
}
