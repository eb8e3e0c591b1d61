using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Tokens;

/// <summary>Settings <c>Gatehouse:Token</c>, as far as the grains care; the keys concern the gateway.</summary>
public sealed class TokenOptions
{
    /// <summary>How long a token can be used after it was issued.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a token that was rotated away still counts as its successor: other tabs hold it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RotationOverlap { get; set; } = TimeSpan.FromSeconds(60);
}
