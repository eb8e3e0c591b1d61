using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Users;

[StatelessWorker]
public sealed class UserDirectoryGrain(
    UserStore users, ProfileStore profiles, IOptions<PasswordOptions> passwords) : Grain, IUserDirectoryGrain
{
    private const int MaxPageSize = 1000;

    public Task<Guid?> FindByName(string name) => users.FindByName(name);

    public Task<UserDetails?> GetDetails(Guid userId) => profiles.Find(userId);

    public Task<PasswordRules> GetPasswordRules() => Task.FromResult(
        new PasswordRules(passwords.Value.MinLength, passwords.Value.MaxLength, passwords.Value.MinUniqueCharacters));

    public Task<UserPage> List(int page, int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(page);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        return profiles.List(page, pageSize);
    }
}
