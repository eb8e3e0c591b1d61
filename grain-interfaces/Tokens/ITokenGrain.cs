namespace Gatehouse.GrainInterfaces.Tokens;

/// <summary>
/// One issued token: whose it is, the family (one login on one device) that it descends from, when it expires, what it was
/// rotated to, whether it was revoked. The truth is table <c>tokens</c>. Key: see <see cref="GrainKeys.Token"/>. Calls nobody.
/// </summary>
[Alias("Gatehouse.ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>Issues this token, as the first of a new family. Repeating it returns the same token.</summary>
    /// <param name="userId">The user that it logs in.</param>
    /// <param name="protocol">The protocol that the login is made through.</param>
    [Alias("Issue")]
    Task<IssuedToken> Issue(Guid userId, string protocol);

    /// <summary>
    /// The client shows this token: rotates it. Within the overlap (default 60 s) a second showing returns the same successor,
    /// or that one's own newest successor.
    /// </summary>
    /// <param name="userId">Who must own it.</param>
    [Alias("Redeem")]
    Task<Redemption> Redeem(Guid userId);

    /// <summary>Revokes this token and all of its family.</summary>
    /// <param name="userId">Who must own it.</param>
    /// <returns>The family; null when the token is unknown or another user's.</returns>
    [Alias("RevokeFamily")]
    Task<string?> RevokeFamily(Guid userId);
}
