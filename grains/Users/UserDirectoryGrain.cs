using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Users;

[StatelessWorker]
public sealed class UserDirectoryGrain(
    UserStore users, ProfileStore profiles, UserOperationStore operations, IOptions<PasswordOptions> passwords) : Grain, IUserDirectoryGrain
{
    private const int MaxPageSize = 1000;
    private const int MaxSearched = 200;

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

    public async Task<UserMatches> Search(string text, string? after, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxSearched);
        text = text.Trim();
        if (Guid.TryParseExact(text, "D", out var id) || (await users.FindByEmail(text) is { } owner && (id = owner) != default))
        {
            return new UserMatches(await profiles.Find(id) is { } found ? [found] : [], null);
        }
        var page = await profiles.FindByPrefix(AccountText.Key(text), after ?? "", limit + 1);
        return new UserMatches([.. page.Take(limit)], page.Count > limit ? AccountText.Key(page[limit - 1].Name) : null);
    }

    public Task<Guid?> FindByResetCode(Secret code) => operations.FindByResetCode(code);
}
