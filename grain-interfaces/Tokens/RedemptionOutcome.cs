namespace Gatehouse.GrainInterfaces.Tokens;

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
