using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

public sealed class RegistrationTests(House house) : IClassFixture<House>
{
    private static readonly SessionLocation Somewhere = new("a session", "session", ["a gateway"]);

    [Fact]
    public async Task RegisteringLogsInAsTheNewUser()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        var registered = await device.Register(person).Succeeds();
        Assert.Equal(SessionEventKind.Registered, registered.Kind);
        Assert.Equal(LoginState.User, registered.State);
        Assert.Equal(person.Name, registered.UserName);
        Assert.Equal(registered.UserId, registered.Token?.UserId);
        Assert.Equal(LoginState.User, await device.State());
    }

    [Fact]
    public async Task ARegisteredUserIsThereAfterARestart()
    {
        var (device, person) = await house.NewUser();
        await house.Restart();
        Assert.Equal(LoginState.User, await device.State());
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task ANameIsShownAsItWasTypedWithoutTheSpacesAround()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        var registered = await device.Register(person with { Name = $"  {person.Name.ToUpperInvariant()} " }).Succeeds();
        Assert.Equal(person.Name.ToUpperInvariant(), registered.UserName);
    }

    [Theory]
    [InlineData("", "ada@example.org", "long enough", Refusal.Username)]
    [InlineData("   ", "ada@example.org", "long enough", Refusal.Username)]
    [InlineData("Ada\tLovelace", "ada@example.org", "long enough", Refusal.Username)]
    [InlineData("a name of more than thirty-two characters", "ada@example.org", "long enough", Refusal.Username)]
    [InlineData("Ada", "", "long enough", Refusal.Email)]
    [InlineData("Ada", "nowhere", "long enough", Refusal.Email)]
    [InlineData("Ada", "Ada <ada@example.org>", "long enough", Refusal.Email)]
    [InlineData("Ada", "ada@example.org", "short", Refusal.Password)]
    [InlineData("Ada", "ada@example.org", "", Refusal.Password)]
    [InlineData("", "", "", Refusal.Username)]
    [InlineData("Ada", "", "", Refusal.Email)]
    public async Task ARegistrationIsRefusedByTheFirstFieldThatIsWrong(
        string name, string email, string password, Refusal reason)
    {
        var device = house.NewDevice();
        await device.Register(new Person(name, email, password)).IsRefused(reason);
        Assert.Equal(LoginState.Undefined, await device.State());
    }

    [Fact]
    public async Task APasswordOfTheGreatestLengthIsAcceptedAndOneLongerIsNot()
    {
        var person = Person.New() with { Password = new string('p', 128) };
        await house.NewDevice().Register(person with { Password = new string('p', 129) }).IsRefused(Refusal.Password);
        await house.NewDevice().Register(person).Succeeds();
        await house.NewDevice().LogIn(person).Succeeds();
    }

    [Fact]
    public async Task ASessionThatWasRefusedCanRegister()
    {
        var (device, person) = (house.NewDevice(), Person.New());
        await device.Register(person with { Email = "nowhere" }).IsRefused(Refusal.Email);
        Assert.Equal(1, (await device.Register(person).Succeeds()).Sequence);
    }

    [Fact]
    public async Task ARegistrationThatIsRepeatedSignsInAsTheSameUser()
    {
        var (userId, person) = (Guid.CreateVersion7(), Person.New());
        var user = house.Grains.User(userId);
        var first = await user.Register(person.Registration, Somewhere).InTime();
        var second = await user.Register(person.Registration, Somewhere).InTime();
        Assert.Equal(first.SignIn?.UserId, second.SignIn?.UserId);
        Assert.Equal(1, await house.Database.Value<long>("SELECT count(*) FROM user_sessions WHERE user_id = $1", userId));
    }

    [Fact]
    public async Task ARegistrationThatIsOvertakenByItselfOnADyingSiloHasMadeTheSameUser()
    {
        var (userId, person) = (Guid.CreateVersion7(), Person.New());
        var name = person.Registration.Username;
        var first = await house.Database.CommitWhenSomebodyWaits(
            $"INSERT INTO users (id, kind, name, name_key, created_at) VALUES ('{userId}', 'guest', '{name}', lower('{name}'), now())");
        var second = await house.Grains.User(userId).Create(person.Registration).InTime();
        await first;
        Assert.Equal(Refusal.None, second);
    }

    [Fact]
    public async Task AnIdThatIsTakenCannotBeRegisteredUnderAnotherName()
    {
        var user = house.Grains.User(Guid.CreateVersion7());
        await user.Register(Person.New().Registration, Somewhere).InTime();
        var other = await user.Register(Person.New().Registration, Somewhere with { SessionId = "another session" }).InTime();
        Assert.Equal(Refusal.NotAllowed, other.Refusal);
    }
}
