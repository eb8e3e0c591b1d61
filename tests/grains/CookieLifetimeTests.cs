using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>A session that began without a connection, and whose lifetime is over while it has one.</summary>
public sealed class CookieLifetimeTests(CookieLifetimeTests.BriefHouse house) : IClassFixture<CookieLifetimeTests.BriefHouse>
{
    [Fact]
    public async Task CookieSessionWhoseLifetimeIsOverEndsForTheConnectionsThatAreOpen()
    {
        var gateway = await GatewayWatch.Start(house);
        var (_, person) = await house.NewUser();
        var (device, secret) = (house.NewDevice(gateway: gateway.Id), new Secret(RandomId.NewSecret()));
        var credentials = new Credentials(person.Name, new Secret(person.Password));
        Assert.Equal(Refusal.None, (await device.Session.Open("react-auth", device.Caller.Address, credentials, secret).InTime()).Refusal);
        var speaking = device.Caller with { Protocol = "react-auth" };
        var joined = await device.Session.Join(speaking, secret).InTime();

        await gateway.LiveFor(BriefHouse.Lifetime + TimeSpan.FromMinutes(1));
        await house.Sweep();
        Assert.Equal(device.SessionId, await gateway.Woken());
        Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await device.Revalidate(joined!.Sequence)).Kind);
        Assert.Null(await device.Session.Join(speaking, secret).InTime());
    }

    public sealed class BriefHouse : House
    {
        public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

        protected override Dictionary<string, string?> Settings => new() { ["Gatehouse:Session:CookieLifetime"] = $"{Lifetime}" };
    }
}
