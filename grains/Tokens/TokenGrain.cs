using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Grains.Tokens;

/// <remarks>
/// Keeps nothing in memory: a token is shown once or twice in its life, and revoking a family must hold for all of its tokens
/// in one statement, whoever else has an activation.
/// </remarks>
public sealed class TokenGrain(TokenStore store) : Grain, ITokenGrain
{
    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public Task<Redemption> Redeem(Guid userId) => store.Redeem(Id, userId);

    public Task<bool> RevokeFamily(Guid userId) => store.RevokeFamily(Id, userId);
}
