using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Grains.Tests;

public sealed class HousekeepingTests(House house) : IClassFixture<House>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task TheSessionsOfAGatewayThatDiedWaitForTheirClientsAndThenEnd()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.LogInAsGuest().GivesToken();

        await AdvanceAndSweep(Lease + Moment);
        Assert.Equal(LoginState.Guest, await device.State());
        await AdvanceAndSweep(Window - 2 * Moment);
        Assert.Equal(LoginState.Guest, await device.State());
        await AdvanceAndSweep(3 * Moment);
        Assert.Equal(LoginState.Undefined, await device.State());
        Assert.Empty(await Rows(device));
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task AUserWhoseGatewayDiedIsOfflineAndTheNextSweepNotesWhenTheyWereLastSeen()
    {
        var gateway = await GatewayWatch.Start(house);
        var userId = (await house.NewDevice(gateway: gateway.Id).Register(Person.New()).Succeeds()).UserId!.Value;
        var user = house.Grains.User(userId);
        var died = house.Time.GetUtcNow();
        house.Time.Advance(Lease + Moment);
        Assert.False((await user.GetDetails().InTime())!.IsOnline);
        await house.Sweep();
        Assert.InRange((await user.GetDetails().InTime())!.LastOnline!.Value, died, died + Lease + 2 * Moment);
    }

    [Fact]
    public async Task TheSessionsOfAGatewayThatLivesGoOn()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        await gateway.LiveFor(3 * Window);
        await AdvanceAndSweep(Lease / 2);
        Assert.Equal(LoginState.Guest, await device.State());
        Assert.Equal(2, (await Rows(device)).Count);
    }

    [Fact]
    public async Task AGatewayThatWasOnlySilentKeepsItsSessions()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        await AdvanceAndSweep(Lease + Moment);
        await AdvanceAndSweep(Window / 2);

        // What a gateway does when its lease was broken: it looks after all of its sessions.
        Assert.False((await gateway.Renew()).Unbroken);
        Assert.Empty(await device.Revalidate(after: 1));
        await gateway.LiveFor(2 * Window);
        await AdvanceAndSweep(Moment / 2);
        Assert.Equal(LoginState.Guest, await device.State());
    }

    [Fact]
    public async Task ASessionThatWaitsToBeResumedEndsAfterItsWindow()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        await device.MakeResumable();
        await device.Disconnect();
        await gateway.LiveFor(Window - Moment);
        await AdvanceAndSweep(TimeSpan.Zero);
        Assert.Equal(2, (await Rows(device)).Count);
        await AdvanceAndSweep(2 * Moment);
        Assert.Empty(await Rows(device));
        Assert.Equal(LoginState.Undefined, await device.State());
    }

    [Fact]
    public async Task ASessionThatWasResumedGoesOn()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        await device.LogInAsGuest().Succeeds();
        var secret = await device.MakeResumable();
        await device.Disconnect();
        await gateway.LiveFor(Window / 2);
        await device.Reconnected().Resume(secret, after: 1);
        await gateway.LiveFor(2 * Window);
        await AdvanceAndSweep(TimeSpan.Zero);
        Assert.Equal(LoginState.Guest, await device.State());
    }

    [Fact]
    public async Task AClientOfADeadGatewayCanResumeOnAnotherUntilTheWindowEnds()
    {
        var (dead, other) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var device = house.NewDevice(gateway: dead.Id);
        await device.LogInAsGuest().Succeeds();
        var secret = await device.MakeResumable();
        await other.LiveFor(Lease + Moment);
        await AdvanceAndSweep(TimeSpan.Zero);
        Assert.True((await device.Reconnected(other.Id).Resume(secret, after: 1)).Recovered);
        await other.LiveFor(2 * Window);
        await AdvanceAndSweep(TimeSpan.Zero);
        Assert.Equal(LoginState.Guest, await device.State());
    }

    [Fact]
    public async Task AllSessionsOfADeadGatewayEnd()
    {
        var gateway = await GatewayWatch.Start(house);
        var devices = Enumerable.Range(0, 50).Select(_ => house.NewDevice(gateway: gateway.Id)).ToList();
        await Task.WhenAll(devices.Select(device => device.LogInAsGuest().Succeeds()));
        await AdvanceAndSweep(Lease + Moment);
        await AdvanceAndSweep(Window + Moment);
        foreach (var device in devices) Assert.Empty(await Rows(device));
    }

    [Fact]
    public async Task ADeviceWhoseTokenNobodyHasShownIsRemovedAfterADay()
    {
        var gateway = await GatewayWatch.Start(house);
        var (used, unused, node) = (
            await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Node));
        await used.LogIn(gateway);
        Assert.Equal(ClientRefusal.None, await node.Grain.Check(node.Proof).InTime());
        Assert.Equal(ClientRefusal.None, (await node.Send(unused, "1")).Refusal);
        await AdvanceAndSweep(TimeSpan.FromDays(1) - Moment);
        Assert.Equal([used.Id, unused.Id, node.Id], await Ids());
        await AdvanceAndSweep(2 * Moment);
        Assert.Equal([used.Id, node.Id], await Ids());
        Assert.Equal(ClientRefusal.Recipient, (await node.Send(unused, "2")).Refusal);
        Assert.Equal(ClientRefusal.Token, await unused.Grain.Check(unused.Proof).InTime());

        Task<List<int>> Ids() => house.Database.Values<int>(
            "SELECT id FROM clients WHERE id = ANY ($1) ORDER BY id", new[] { used.Id, unused.Id, node.Id });
    }

    [Fact]
    public async Task ASessionThatCannotBeReadDoesNotKeepTheOthers()
    {
        var broken = await house.NewGuest();
        await house.Restart();
        await house.Database.Execute(
            "UPDATE OrleansStorage SET PayloadBinary = 'no JSON' WHERE GrainIdExtensionString = $1", "session/" + broken.SessionId);
        var devices = Enumerable.Range(0, 50).Select(_ => house.NewDevice()).ToList();
        await Task.WhenAll(devices.Select(device => device.LogInAsGuest().Succeeds()));
        try
        {
            await AdvanceAndSweep(Moment);
            await AdvanceAndSweep(Window + Moment);
            foreach (var device in devices) Assert.Empty(await Rows(device));
        }
        finally
        {
            await house.Database.Execute("DELETE FROM user_sessions WHERE session_id = $1", broken.SessionId);
        }
    }

    [Fact]
    public async Task ASignInThatNoSessionKnowsOfIsForgotten()
    {
        // What a crash between the user's write and the session's leaves behind.
        var device = house.NewDevice();
        await house.Host.Services.GetRequiredService<GuestStore>()
            .Register(new(device.SessionId, "session", ["a gateway that died"])).InTime();
        Assert.Single(await Rows(device));
        await AdvanceAndSweep(Moment);
        await AdvanceAndSweep(Window + Moment);
        Assert.Empty(await Rows(device));
    }

    [Fact]
    public async Task TheStateOfARevokedSessionWhoseClientNeverCameBackIsRemovedAfterADay()
    {
        var device = house.NewDevice();
        var token = await device.LogInAsGuest().GivesToken();
        await house.Grains.User(token.UserId).Revoke(token.Id).InTime();
        await house.Sweep();
        Assert.Single(await house.StoredSession(device.SessionId));
        await house.Database.Execute(
            "UPDATE OrleansStorage SET ModifiedOn = $2 WHERE GrainIdExtensionString = $1",
            "session/" + device.SessionId, house.Time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(25));
        await house.Sweep();
        Assert.Empty(await house.StoredSession(device.SessionId));
    }

    [Fact]
    public async Task TokensAndLeasesAreRemovedADayAfterTheirEnd()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = await house.NewGuest();
        var token = (await device.Revalidate())[0].Token!;
        var successor = await house.NewDevice().LogIn(token).GivesToken();

        await AdvanceAndSweep(TimeSpan.FromDays(7.5));
        Assert.Equal(2, (await Tokens()).Count);
        Assert.Empty(await Leases());
        await AdvanceAndSweep(TimeSpan.FromDays(0.6));
        Assert.Empty(await Tokens());

        Task<List<string>> Tokens() => house.Database.Values<string>(
            "SELECT id FROM tokens WHERE user_id = $1", token.UserId);
        Task<List<string>> Leases() => house.Database.Values<string>("SELECT id FROM gateways WHERE id = $1", gateway.Id);
    }

    [Fact]
    public async Task AGuestThatLoggedOutIsRemovedAfterADay()
    {
        var (left, stayed) = (await house.NewGuest(), await house.NewGuest());
        var (guest, other) = (await UserOf(left), await UserOf(stayed));
        await left.LogOut().Succeeds();
        await AdvanceAndSweep(TimeSpan.FromHours(23));
        Assert.True(await Exists(guest));
        await AdvanceAndSweep(TimeSpan.FromHours(2));
        Assert.False(await Exists(guest));
        Assert.True(await Exists(other));
    }

    [Fact]
    public async Task AGuestThatVanishedIsRemovedWhenNoTokenOfItIsGoodAnyMore()
    {
        var gateway = await GatewayWatch.Start(house);
        var device = house.NewDevice(gateway: gateway.Id);
        var token = await device.LogInAsGuest().GivesToken();
        await device.Disconnect();
        await AdvanceAndSweep(TimeSpan.FromDays(6));
        await house.NewDevice(gateway: gateway.Id).LogIn(token).Succeeds();
        await AdvanceAndSweep(TimeSpan.FromDays(6));
        Assert.True(await Exists(token.UserId));
        await AdvanceAndSweep(TimeSpan.FromDays(2.5));
        Assert.False(await Exists(token.UserId));
    }

    [Fact]
    public async Task AGuestWhoseSessionLivesIsKeptWhateverBecameOfItsToken()
    {
        var device = await house.NewGuest();
        var guest = await UserOf(device);
        await house.Database.Execute(
            "UPDATE tokens SET expires_at = $2 WHERE user_id = $1", guest, house.Time.GetUtcNow() - TimeSpan.FromDays(2));
        await house.Sweep();
        Assert.True(await Exists(guest));
        Assert.Equal(LoginState.Guest, await device.State());
    }

    [Fact]
    public async Task AUserWithAPasswordIsNeverRemoved()
    {
        var (device, person) = await house.NewUser();
        var (upgraded, other) = (await house.NewGuest(), Person.New());
        await upgraded.Upgrade(other).Succeeds();
        foreach (var somebody in new[] { device, upgraded }) await somebody.LogOut().Succeeds();
        await AdvanceAndSweep(TimeSpan.FromDays(30));
        await house.NewDevice().LogIn(person).Succeeds();
        await house.NewDevice().LogIn(other).Succeeds();
    }

    private static async Task<Guid> UserOf(Device device) => (await device.Revalidate())[^1].UserId!.Value;

    private async Task<bool> Exists(Guid user) =>
        (await house.Database.Values<Guid>("SELECT id FROM users WHERE id = $1", user)).Count == 1;

    private async Task AdvanceAndSweep(TimeSpan time)
    {
        house.Time.Advance(time);
        await house.Sweep();
    }

    private async Task<List<string>> Rows(Device device) =>
    [
        .. await house.StoredSession(device.SessionId),
        .. await house.Database.Values<string>("SELECT session_id FROM user_sessions WHERE session_id = $1", device.SessionId),
    ];
}
