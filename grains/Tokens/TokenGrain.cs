using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Grains.Tokens;

/// <remarks>
/// Keeps nothing in memory: a token is shown once or twice in its life, and revoking a family must hold for all of its tokens
/// in one statement. What the grain adds is that two showings of one token happen one after the other.
/// </remarks>
public sealed class TokenGrain(TokenStore store) : Grain, ITokenGrain
{
    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public Task<IssuedToken> Issue(Guid userId, string protocol) => store.Issue(Id, userId, protocol);

    public Task<Redemption> Redeem(Guid userId) => store.Redeem(Id, userId);

    public Task<string?> RevokeFamily(Guid userId) => store.RevokeFamily(Id, userId);
}
