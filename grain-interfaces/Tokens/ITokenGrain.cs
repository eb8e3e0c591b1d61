namespace Gatehouse.GrainInterfaces.Tokens;

/// <summary>
/// One issued token: whose it is, the family (one login on one device) that it descends from, when it expires, what it was
/// rotated to, whether it was revoked. The truth is table <c>tokens</c>. Key: see <see cref="GrainKeys.Token"/>. Calls nobody.
/// </summary>
[Alias("Gatehouse.ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>
    /// The client shows this token: rotates it. Within the overlap (default 60 s) a second showing returns the same successor,
    /// or that one's own newest successor.
    /// </summary>
    /// <param name="userId">Who must own it.</param>
    [Alias("Redeem")]
    Task<Redemption> Redeem(Guid userId);

    /// <summary>
    /// Revokes this token and all of its family, and with them the sessions that came from them: one transaction, with the wake-ups of
    /// their gateways. The family's first token names it even when it is forgotten.
    /// </summary>
    /// <param name="userId">Who must own it.</param>
    /// <returns>False when the token is unknown, another user's, or was revoked before.</returns>
    [Alias("RevokeFamily")]
    Task<bool> RevokeFamily(Guid userId);
}
