using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Accounts;

/// <summary>Settings <c>Gatehouse:Password</c>.</summary>
public sealed class PasswordOptions
{
    /// <summary>The fewest <see cref="Iterations"/> outside the environment <c>Test</c>.</summary>
    public const int MinIterations = 210_000;

    /// <summary>Shortest password, in UTF-16 units.</summary>
    [Range(1, 128)]
    public int MinLength { get; set; } = 8;

    /// <summary>Longest password, in UTF-16 units.</summary>
    [Range(8, 4096)]
    public int MaxLength { get; set; } = 128;

    /// <summary>How many different characters a new password must have; 1 asks for nothing.</summary>
    [Range(1, 64)]
    public int MinUniqueCharacters { get; set; } = 1;

    /// <summary>Rounds of PBKDF2-HMAC-SHA512. When it rises, each password is hashed anew at its next login.</summary>
    [Range(1_000, 10_000_000)]
    public int Iterations { get; set; } = MinIterations;

    /// <summary>How many passwords are hashed at once; 0 means half of the processors, at least one.</summary>
    [Range(0, 1024)]
    public int Parallelism { get; set; }

    /// <summary>How long one may wait for that before a request is refused as too busy; a call lasts 30 s at most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:20")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many may wait for that before a request is refused as too busy.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; set; } = 500;

    /// <summary>How long a code is good by which a forgotten password is replaced.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromHours(1);
}
