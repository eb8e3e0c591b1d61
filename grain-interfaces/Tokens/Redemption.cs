namespace Gatehouse.GrainInterfaces.Tokens;

/// <summary>The outcome of showing a token.</summary>
/// <param name="Outcome">Good, bad or reused.</param>
/// <param name="Family">The login that the token descends from; empty when bad.</param>
/// <param name="Successor">The token to hold from now on; null unless good.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Redemption")]
public sealed record Redemption(
    [property: Id(0)] RedemptionOutcome Outcome,
    [property: Id(1)] string Family,
    [property: Id(2)] IssuedToken? Successor);

/// <summary>What became of a token that was shown.</summary>
public enum RedemptionOutcome
{
    /// <summary>Good: it was rotated, or had been within the overlap.</summary>
    Good,

    /// <summary>Unknown, expired or revoked.</summary>
    Bad,

    /// <summary>Given up longer ago than the overlap: somebody kept a copy.</summary>
    Reused,
}
