using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class LockTests(LockTests.StrictHouse house) : IClassFixture<LockTests.StrictHouse>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task TooManyWrongPasswordsLockTheAccountForTheRightOneToo()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 3);
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
        await house.NewDevice().LogIn(person.Name, "wrong password").IsRefused(Refusal.Withheld);
    }

    [Fact]
    public async Task TheLockHoldsForItsDurationAndThenCountingBeginsAnew()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 3);
        house.Time.Advance(LockDuration - Minute);
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
        house.Time.Advance(2 * Minute);
        await Fail(person, 2);
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task AttemptsWhileLockedDoNotProlongTheLock()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 3);
        house.Time.Advance(LockDuration - Minute);
        await house.NewDevice().LogIn(person.Name, "wrong password").IsRefused(Refusal.Withheld);
        house.Time.Advance(2 * Minute);
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task TheRightPasswordForgetsTheWrongOnes()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 2);
        await house.NewDevice().LogIn(person).Succeeds();
        await Fail(person, 2);
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task FailuresThatLieLongerBackThanTheWindowDoNotCount()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 2);
        house.Time.Advance(Window + Minute);
        await Fail(person, 2);
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task ALockOutlivesARestart()
    {
        var (_, person) = await house.NewUser();
        await Fail(person, 3);
        await house.Restart();
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
    }

    [Fact]
    public async Task ALockedUserStaysLoggedInAndItsTokensStayGood()
    {
        var (device, person) = await house.NewUser();
        var token = (await device.Revalidate())[0].Token!;
        await Fail(person, 3);
        Assert.Empty(await device.Revalidate(after: 1));
        await house.NewDevice().LogIn(token).Succeeds();
    }

    [Fact]
    public async Task GuessesAtOnceCannotOutrunTheLock()
    {
        var (_, person) = await house.NewUser();
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            guess => house.NewDevice().LogIn(person.Name, $"guess number {guess}")));
        Assert.Equal(3, replies.Count(reply => reply.Refusal == Refusal.Password));
        Assert.Equal(9, replies.Count(reply => reply.Refusal == Refusal.Withheld));
    }

    [Fact]
    public async Task TooManyFailuresFromOneAddressShutItOutAndNobodyElse()
    {
        var (_, person) = await house.NewUser();
        const string Address = "203.0.113.7";
        for (var attempt = 0; attempt < 5; attempt++)
        {
            // Unknown names count as much as wrong passwords, and one device as much as many.
            await house.NewDevice(Address).LogIn(Person.New()).IsRefused(Refusal.Username);
        }
        await house.NewDevice(Address).LogIn(person).IsRefused(Refusal.Withheld);
        await house.NewDevice().LogIn(person).Succeeds();

        house.Time.Advance(LockDuration + Minute);
        await house.NewDevice(Address).LogIn(person).Succeeds();
    }

    [Fact]
    public async Task GuessesAtOnceCannotOutrunTheLockOfTheirAddress()
    {
        const string Address = "203.0.113.10";
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => house.NewDevice(Address).LogIn(Person.New())));
        Assert.Equal(5, replies.Count(reply => reply.Refusal == Refusal.Username));
        Assert.Equal(7, replies.Count(reply => reply.Refusal == Refusal.Withheld));
    }

    [Fact]
    public async Task TheRightPasswordIsNoAnswerToAnAddressThatWasShutOutWhileItWasChecked()
    {
        var (_, person) = await house.NewUser();
        const string Address = "203.0.113.11";
        Task<SessionReply> login;
        await using (await house.Database.Lock("users"))
        {
            login = house.NewDevice(Address).LogIn(person);
            await house.Database.SomebodyWaits();
            for (var failure = 0; failure < 5; failure++) Assert.True(await house.Grains.AddressGuard(Address).RecordFailure().InTime());
            Assert.False(await house.Grains.AddressGuard(Address).RecordFailure().InTime());
        }
        await login.IsRefused(Refusal.Withheld);
    }

    [Fact]
    public async Task AnAddressIsForgivenWhatLiesLongerBackThanTheWindow()
    {
        var guard = house.Grains.AddressGuard("203.0.113.8");
        for (var failure = 0; failure < 4; failure++) await guard.RecordFailure().InTime();
        house.Time.Advance(Window + Minute);
        for (var failure = 0; failure < 4; failure++) await guard.RecordFailure().InTime();
        Assert.False(await guard.IsShut().InTime());
        await guard.RecordFailure().InTime();
        Assert.True(await guard.IsShut().InTime());
    }

    [Fact]
    public async Task TokensAndGuestsAreLetInFromAnAddressThatIsShutOut()
    {
        var (device, _) = await house.NewUser();
        const string Address = "203.0.113.9";
        for (var failure = 0; failure < 5; failure++) await house.Grains.AddressGuard(Address).RecordFailure().InTime();
        await house.NewDevice(Address).LogIn((await device.Revalidate())[0].Token!).Succeeds();
        await house.NewDevice(Address).LogInAsGuest().Succeeds();
    }

    private async Task Fail(Person person, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await house.NewDevice().LogIn(person.Name, "wrong password").IsRefused(Refusal.Password);
        }
    }

    public sealed class StrictHouse : House
    {
        protected override Dictionary<string, string?> Settings => new()
        {
            ["Gatehouse:Login:AccountFailures"] = "3",
            ["Gatehouse:Login:AddressFailures"] = "5",
            ["Gatehouse:Login:Window"] = Window.ToString(),
            ["Gatehouse:Login:LockDuration"] = LockDuration.ToString(),
        };
    }
}
