using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>A gateway has given up calls; they were only cut off, and arrive after what it has called since.</summary>
public sealed class LateCallTests(House house) : IClassFixture<House>
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task WhatWasGivenUpIsNotSaidAfterWhatWasSaidSince()
    {
        var ada = new Talker(house, _room, RandomId.New(), "Ada");
        await ada.Join();
        await ada.Says("before");
        Assert.Equal(2, await GivingUp(1, () => ada.Says("since")));
        await Assert.ThrowsAsync<CallOvertakenException>(() => ada.Says("late"));

        // Having been given up more often, the gateway's word counts from there.
        Assert.Equal(3, await GivingUp(2, () => ada.Says("again")));
        await Assert.ThrowsAsync<CallOvertakenException>(() => GivingUp(1, () => ada.Says("late")));
        Assert.Equal(4, await GivingUp(2, () => ada.Says("and again")));

        // Nothing can be under way any more.
        house.Time.Advance(CallFence.Lifetime);
        await ada.Join();
        Assert.Equal(5, await ada.Says("after"));
        Assert.Equal(6, await GivingUp(1, () => ada.Says("after")));
    }

    [Fact]
    public async Task WhatGrainsAskOneAnotherOnItsBehalfIsHeldAgainstNoGateway()
    {
        var (ada, person) = (house.NewDevice(), Person.New());
        await GivingUp(1, () => ada.Register(person));
        await Assert.ThrowsAsync<CallOvertakenException>(() => ada.LogOut());
        await GivingUp(1, async () => await ada.LogOut().Succeeds());
        await GivingUp(1, async () => await house.NewDevice().LogIn(person).Succeeds());
        house.Time.Advance(CallFence.Lifetime);
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task AGatewayThatIsToldOfItHasGivenUpNothing()
    {
        house.Time.Advance(CallFence.Lifetime);
        var gateway = await GatewayWatch.Start(house);
        var (ada, bob) = (new Talker(house, _room, RandomId.New(), "Ada"), new Talker(house, _room, gateway.Id, "Bob"));
        await ada.Join();
        await bob.Join();
        await GivingUp(1, () =>
        {
            RepeatedCall.Mark();
            return ada.Says("since");
        });
        await gateway.Hears(1);
        Assert.Equal((false, false), gateway.Carried);
        house.Time.Advance(CallFence.Lifetime);
    }

    /// <summary>Calls as a gateway does that has given up calls so many times.</summary>
    private static async Task<T> GivingUp<T>(long number, Func<Task<T>> call)
    {
        CallFence.Set(number, CallFence.Lifetime);
        return await call();
    }
}
