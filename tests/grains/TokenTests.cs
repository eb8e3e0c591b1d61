using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class TokenTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ATokenLivesSevenDaysInWholeSeconds()
    {
        var (_, token) = await Guest();
        Assert.Equal(TimeSpan.FromDays(7), token.ExpiresAt - token.IssuedAt);
        Assert.Equal(0, token.IssuedAt.UtcTicks % TimeSpan.TicksPerSecond);
        Assert.InRange(house.Time.GetUtcNow() - token.IssuedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task ShowingATokenLogsInAndGivesItsSuccessor()
    {
        var (_, token) = await Guest();
        var loggedIn = await house.NewDevice().LogIn(token).Succeeds();
        Assert.Equal((SessionEventKind.LoggedIn, LoginState.Guest), (loggedIn.Kind, loggedIn.State));
        Assert.Equal(token.UserId, loggedIn.UserId);
        Assert.NotEqual(token.Id, loggedIn.Token?.Id);
    }

    [Fact]
    public async Task WithinTheOverlapATokenThatWasGivenUpCountsAsItsSuccessor()
    {
        var (_, token) = await Guest();
        var successor = await house.NewDevice().LogIn(token).GivesToken();
        house.Time.Advance(Overlap - TimeSpan.FromSeconds(30));
        Assert.Equal(successor, await house.NewDevice().LogIn(token).GivesToken());
        Assert.Equal(successor, await house.NewDevice().LogIn(token).GivesToken());
    }

    [Fact]
    public async Task ManyWhoShowOneTokenAtOnceGetTheSameSuccessor()
    {
        var (_, token) = await Guest();
        var successors = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.NewDevice().LogIn(token).GivesToken()));
        Assert.Single(successors.Distinct());
    }

    [Fact]
    public async Task ATokenThatWasGivenUpLeadsToTheNewestOfItsSuccessors()
    {
        var (_, first) = await Guest();
        var second = await house.NewDevice().LogIn(first).GivesToken();
        var third = await house.NewDevice().LogIn(second).GivesToken();
        var fourth = await house.NewDevice().LogIn(third).GivesToken();
        Assert.Equal(fourth, await house.NewDevice().LogIn(first).GivesToken());
        Assert.Equal(fourth, await house.NewDevice().LogIn(second).GivesToken());
    }

    [Fact]
    public async Task TheSuccessorOutlivesTheOverlap()
    {
        var (_, token) = await Guest();
        var successor = await house.NewDevice().LogIn(token).GivesToken();
        house.Time.Advance(2 * Overlap);
        await house.NewDevice().LogIn(successor).Succeeds();
    }

    [Fact]
    public async Task ATokenOutlivesARestart()
    {
        var (_, token) = await Guest();
        await house.Restart();
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task AnExpiredTokenIsRefused()
    {
        var (_, token) = await Guest();
        house.Time.Advance(TimeSpan.FromDays(7));
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task AnUnknownTokenIsRefused()
    {
        var (_, token) = await Guest();
        await house.NewDevice().LogIn(token with { Id = RandomId.New() }).IsRefused(Refusal.Token);
        await house.NewDevice().LogIn(token with { UserId = Guid.NewGuid() }).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task ATokenShownAsSomebodyElsesIsRefusedAndStaysGood()
    {
        var (_, token) = await Guest();
        var (_, others) = await Guest();
        await house.NewDevice().LogIn(token with { UserId = others.UserId }).IsRefused(Refusal.Token);
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task NobodyCanRevokeSomebodyElsesToken()
    {
        var (device, token) = await Guest();
        var (_, others) = await Guest();
        Assert.False(await house.Grains.User(others.UserId).Revoke(token.Id).InTime());
        Assert.False(await house.Grains.Token(token.Id).RevokeFamily(others.UserId).InTime());
        Assert.Empty(await device.Revalidate(after: 1));
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task ARefusedTokenLeavesTheSessionFreeToLogInOtherwise()
    {
        var (_, token) = await Guest();
        var device = house.NewDevice();
        await device.LogIn(token with { Id = RandomId.New() }).IsRefused(Refusal.Token);
        Assert.Equal(1, (await device.LogIn(token).Succeeds()).Sequence);
    }

    private async Task<(Device Device, IssuedToken Token)> Guest()
    {
        var device = house.NewDevice();
        return (device, await device.LogInAsGuest().GivesToken());
    }
}
