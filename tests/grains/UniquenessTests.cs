using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class UniquenessTests(House house) : IClassFixture<House>
{
    public static TheoryData<string, string> NamesThatAreTheSame => new()
    {
        { "Mary Ann", "mARY aNN" },
        { "Zoe\u0308", "Zo\u00eb" }, // composed or not
        { "\uff26\uff55\uff4c\uff4c", "Full" }, // full width
        { "\ufb01nn", "Finn" }, // a ligature
        { "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3" }, // final sigma
        { "K\u00e5re", "\u212aA\u030are" }, // the kelvin sign, an A and a ring
        { "Henry \u2167", "henry viii" }, // one Roman numeral
        { " Trim ", "Trim" },
    };

    [Theory]
    [MemberData(nameof(NamesThatAreTheSame))]
    public async Task TwoSpellingsOfOneNameAreOneName(string name, string same)
    {
        var person = Person.New() with { Name = name };
        await house.NewDevice().Register(person).Succeeds();
        await house.NewDevice().Register(Person.New() with { Name = same }).IsRefused(Refusal.UsernameTaken);
        await house.NewDevice().LogIn(same, person.Password).Succeeds();
    }

    [Theory]
    [InlineData("grace@Example.org", "GRACE@example.ORG")]
    [InlineData("zoe\u0308@example.org", "zo\u00eb@example.org")]
    [InlineData(" hedy@example.org ", "hedy@example.org")]
    public async Task TwoSpellingsOfOneAddressAreOneAddress(string email, string same)
    {
        await house.NewDevice().Register(Person.New() with { Email = email }).Succeeds();
        await house.NewDevice().Register(Person.New() with { Email = same }).IsRefused(Refusal.EmailTaken);
    }

    [Fact]
    public async Task ATakenNameIsReportedBeforeATakenAddress()
    {
        var (_, person) = await house.NewUser();
        await house.NewDevice().Register(person).IsRefused(Refusal.UsernameTaken);
    }

    [Fact]
    public async Task OfTwentyWhoRegisterOneNameAtOnceExactlyOneWins()
    {
        var name = Person.New().Name;
        var outcomes = await RegisterAtOnce(() => Person.New() with { Name = name });
        Assert.Equal(1, outcomes.Count(outcome => outcome == Refusal.None));
        Assert.Equal(19, outcomes.Count(outcome => outcome == Refusal.UsernameTaken));
        Assert.Equal(1, await house.Database.Value<long>("SELECT count(*) FROM users WHERE name = $1", name));
    }

    [Fact]
    public async Task OfTwentyWhoRegisterOneAddressAtOnceExactlyOneWins()
    {
        var email = Person.New().Email;
        var outcomes = await RegisterAtOnce(() => Person.New() with { Email = email });
        Assert.Equal(1, outcomes.Count(outcome => outcome == Refusal.None));
        Assert.Equal(19, outcomes.Count(outcome => outcome == Refusal.EmailTaken));
        // Who lost left nothing behind.
        Assert.Equal(1, await house.Database.Value<long>("SELECT count(*) FROM users WHERE email = $1", email));
        Assert.Equal(0, await house.Database.Value<long>(
            "SELECT count(*) FROM tokens WHERE user_id NOT IN (SELECT id FROM users)"));
    }

    [Fact]
    public async Task OfTwoGuestsWhoUpgradeToOneNameExactlyOneWins()
    {
        var name = Person.New().Name;
        var guests = new[] { await house.NewGuest(), await house.NewGuest() };
        var replies = await Task.WhenAll(guests.Select(guest => guest.Upgrade(Person.New() with { Name = name })));
        Assert.Equal([Refusal.None, Refusal.UsernameTaken], replies.Select(reply => reply.Refusal).Order());
    }

    private async Task<List<Refusal>> RegisterAtOnce(Func<Person> person) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.NewDevice().Register(person()))))
            .Select(reply => reply.Refusal)];
}
