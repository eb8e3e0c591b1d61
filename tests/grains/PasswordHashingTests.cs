using System.Buffers.Binary;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Tests;

public sealed class PasswordHashingTests(PasswordHashingTests.EarnestHouse house) : IClassFixture<PasswordHashingTests.EarnestHouse>
{
    [Fact]
    public async Task ThePasswordIsStoredHashedOnly()
    {
        var (_, person) = await house.NewUser();
        var row = await house.Database.Value<string>("SELECT users::text FROM users WHERE name = $1", person.Name);
        Assert.DoesNotContain(person.Password, row);
        var hash = await house.Database.Value<string>("SELECT password_hash FROM users WHERE name = $1", person.Name);
        // Format 1, HMAC-SHA512 (2), 210,000 rounds.
        Assert.Equal([1, 0, 0, 0, 2, 0, 0x03, 0x34, 0x50], Convert.FromBase64String(hash)[..9]);
    }

    [Fact]
    public async Task APasswordIsHashedAnewAtItsNextLoginWhenTheRoundsRise()
    {
        var (_, person) = await house.NewUser();
        Assert.Equal(210_000u, await Rounds(person));
        await using var stronger = await house.StartAnother(new() { ["Gatehouse:Password:Iterations"] = "220000" });
        await LogIn(stronger, person).Succeeds();
        Assert.Equal(220_000u, await Rounds(person));

        // Both know the new hash, and the weaker one leaves it alone.
        await LogIn(stronger, person).Succeeds();
        await house.Restart();
        await house.NewDevice().LogIn(person).Succeeds();
        Assert.Equal(220_000u, await Rounds(person));
    }

    [Fact]
    public async Task AWrongPasswordIsNotHashedAnew()
    {
        var (_, person) = await house.NewUser();
        await using var stronger = await house.StartAnother(new() { ["Gatehouse:Password:Iterations"] = "220000" });
        await LogIn(stronger, person with { Password = "wrong password" }).IsRefused(Refusal.Password);
        Assert.Equal(210_000u, await Rounds(person));
    }

    [Fact]
    public async Task PasswordsBeyondTheQueueAreRefusedAtOnce()
    {
        var (_, person) = await house.NewUser();
        await using var busy = await house.StartAnother(new()
        {
            ["Gatehouse:Password:Parallelism"] = "1",
            ["Gatehouse:Password:MaxWaiting"] = "2",
        });
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => LogIn(busy, person)));
        Assert.All(replies, reply => Assert.True(reply.Refusal is Refusal.None or Refusal.Withheld, $"{reply.Refusal}"));
        Assert.Contains(replies, reply => reply.Refusal == Refusal.None);
        Assert.Contains(replies, reply => reply.Refusal == Refusal.Withheld);
        // Being refused so is no failed login.
        await LogIn(busy, person).Succeeds();
    }

    [Fact]
    public async Task ARegistrationWhosePasswordWaitedTooLongIsNotMadeAfterwards()
    {
        await using var busy = await house.StartAnother(new()
        {
            ["Gatehouse:Password:Iterations"] = "1000000",
            ["Gatehouse:Password:Parallelism"] = "1",
            ["Gatehouse:Password:MaxWait"] = "00:00:01",
        });
        var people = Enumerable.Range(0, 8).Select(_ => Person.New()).ToList();
        var refusals = await Task.WhenAll(people.Select(Register));
        Assert.Contains(Refusal.None, refusals);
        Assert.Contains(Refusal.Withheld, refusals);
        // Whoever still waited would be hashed before this one.
        Assert.Equal(Refusal.None, await Register(Person.New()));
        foreach (var (person, refusal) in people.Zip(refusals))
        {
            var rows = await house.Database.Value<long>("SELECT count(*) FROM users WHERE name = $1", person.Name);
            Assert.Equal(refusal == Refusal.None ? 1 : 0, rows);
        }

        async Task<Refusal> Register(Person person) => (await busy.Grains.Session(RandomId.New()).Register(
            new(RandomId.New(), "session", "a gateway", RandomId.New()), person.Registration).InTime()).Refusal;
    }

    [Fact]
    public async Task AnUnknownNameCostsAHashAsAKnownOneDoes()
    {
        using var passwords = new PasswordHashing(Options.Create(new PasswordOptions { Parallelism = 1, MaxWaiting = 1 }));
        var verifications = Enumerable.Range(0, 3).Select(_ => passwords.Verify(null, new Secret("whatever it is"))).ToList();
        // It takes its place in the line as any other: the third finds no room.
        Assert.Null(await verifications[2].InTime());
        Assert.All(await Task.WhenAll(verifications[..2]).InTime(), result => Assert.NotNull(result));
    }

    [Fact]
    public async Task WhoeverGivesUpWaitingLeavesThePlaceToAnother()
    {
        using var passwords = new PasswordHashing(Options.Create(new PasswordOptions { Parallelism = 1, MaxWaiting = 1 }));
        using var giveUp = new CancellationTokenSource();
        var first = passwords.Hash(new Secret("the first of them"), TestContext.Current.CancellationToken);
        var second = passwords.Hash(new Secret("the second of them"), giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.InTime());
        Assert.NotNull(await passwords.Hash(new Secret("the third of them"), TestContext.Current.CancellationToken).InTime());
        Assert.NotNull(await first.InTime());
    }

    [Fact]
    public async Task WhoeverWaitsTooLongIsRefusedAndLeavesThePlace()
    {
        using var passwords = new PasswordHashing(Options.Create(
            new PasswordOptions { Parallelism = 1, MaxWaiting = 1, Iterations = 1_000_000, MaxWait = TimeSpan.FromMilliseconds(20) }));
        var first = passwords.Hash(new Secret("the first of them"), TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            Assert.Null(await passwords.Hash(new Secret("one of the others"), TestContext.Current.CancellationToken).InTime());
        }
        Assert.NotNull(await first.InTime());
    }

    private static Task<SessionReply> LogIn(GrainHost host, Person person) =>
        host.Grains.Session(RandomId.New()).LogInWithCredentials(
            new(RandomId.New(), "session", "a gateway", RandomId.New()),
            new Credentials(person.Name, new Secret(person.Password))).InTime();

    /// <summary>From the header of the stored hash.</summary>
    private async Task<uint> Rounds(Person person)
    {
        var hash = await house.Database.Value<string>("SELECT password_hash FROM users WHERE name = $1", person.Name);
        return BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5));
    }

    public sealed class EarnestHouse : House
    {
        protected override int? HashRounds => null;
    }
}
