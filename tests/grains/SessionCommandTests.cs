using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Which command is allowed in which login state, and what it leaves behind.</summary>
public sealed class SessionCommandTests(House house) : IClassFixture<House>
{
    public enum Command
    {
        LogInWithCredentials,
        LogInWithToken,
        LogInAsGuest,
        Register,
        Upgrade,
        LogOut,
    }

    public static TheoryData<LoginState, Command> EveryCommandInEveryState
    {
        get
        {
            var all = new TheoryData<LoginState, Command>();
            foreach (var state in Enum.GetValues<LoginState>())
            {
                foreach (var command in Enum.GetValues<Command>()) all.Add(state, command);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCommandInEveryState))]
    public async Task ACommandIsAllowedOrRefusedByTheState(LoginState state, Command command)
    {
        var device = await In(state);
        var (before, stored) = (await device.Revalidate(), await house.StoredSession(device.SessionId));

        var reply = await Try(device, command);

        if (After(state, command) is { } after)
        {
            Assert.Equal(Refusal.None, reply.Refusal);
            Assert.Equal(after, (Assert.Single(reply.Events).Kind, reply.Events[0].State));
            Assert.Equal(after.State, await device.State());
            Assert.Equal([.. before, .. reply.Events], await device.Revalidate());
        }
        else
        {
            Assert.Equal(Refusal.NotAllowed, reply.Refusal);
            Assert.Empty(reply.Events);
            Assert.Equal(state, await device.State());
            Assert.Equal(before, await device.Revalidate());
            Assert.Equal(stored, await house.StoredSession(device.SessionId));
        }
    }

    [Theory]
    [InlineData(LoginState.Undefined)]
    [InlineData(LoginState.Guest)]
    [InlineData(LoginState.User)]
    public async Task ThereIsARowExactlyWhileTheSessionIsLoggedIn(LoginState state)
    {
        var device = await In(state);
        Assert.Equal(state == LoginState.Undefined ? 0 : 1, (await house.StoredSession(device.SessionId)).Count);
        if (state != LoginState.Undefined) await device.LogOut().Succeeds();
        Assert.Empty(await house.StoredSession(device.SessionId));
        Assert.Empty(await house.Database.Values<string>(
            "SELECT session_id FROM user_sessions WHERE session_id = $1", device.SessionId));
    }

    [Fact]
    public async Task AfterLoggingOutTheSessionCanLogInAgainAsSomebodyElse()
    {
        var device = house.NewDevice();
        var first = await device.LogInAsGuest().Succeeds();
        await device.LogOut().Succeeds();
        var second = await device.LogInAsGuest().Succeeds();
        Assert.NotEqual(first.UserId, second.UserId);
        Assert.Equal(3, second.Sequence);
        await device.LogOut().Succeeds();
        await device.Register(Person.New()).Succeeds();
        await house.Restart();
        Assert.Equal(LoginState.User, await device.State());
        Assert.Equal([1, 2, 3, 4, 5], (await device.Revalidate()).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task ALogoutSaysNothingOfTheUser()
    {
        var device = await house.NewGuest();
        var loggedOut = await device.LogOut().Succeeds();
        Assert.Equal((null, null, null), (loggedOut.UserId, loggedOut.UserName, loggedOut.Token));
    }

    [Fact]
    public async Task OfTwoLoginsAtOnceOnOneSessionOneIsRefused()
    {
        var device = house.NewDevice();
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => device.LogInAsGuest()));
        Assert.Single(replies, reply => reply.Refusal == Refusal.None);
        Assert.Equal(9, replies.Count(reply => reply.Refusal == Refusal.NotAllowed));
        Assert.Single(await device.Revalidate());
    }

    private static (SessionEventKind Kind, LoginState State)? After(LoginState state, Command command) => (state, command) switch
    {
        (LoginState.Undefined, Command.LogInWithCredentials) => (SessionEventKind.LoggedIn, LoginState.User),
        (LoginState.Undefined, Command.LogInWithToken) => (SessionEventKind.LoggedIn, LoginState.Guest),
        (LoginState.Undefined, Command.LogInAsGuest) => (SessionEventKind.BecameGuest, LoginState.Guest),
        (LoginState.Undefined, Command.Register) => (SessionEventKind.Registered, LoginState.User),
        (LoginState.Guest, Command.Upgrade) => (SessionEventKind.Upgraded, LoginState.User),
        (LoginState.Guest or LoginState.User, Command.LogOut) => (SessionEventKind.LoggedOut, LoginState.Undefined),
        _ => null,
    };

    private async Task<Device> In(LoginState state) => state switch
    {
        LoginState.Guest => await house.NewGuest(),
        LoginState.User => (await house.NewUser()).Device,
        _ => house.NewDevice(),
    };

    private async Task<SessionReply> Try(Device device, Command command) => command switch
    {
        Command.LogInWithCredentials => await device.LogIn((await house.NewUser()).Person),
        Command.LogInWithToken => await device.LogIn(await NewToken()),
        Command.LogInAsGuest => await device.LogInAsGuest(),
        Command.Register => await device.Register(Person.New()),
        Command.Upgrade => await device.Upgrade(Person.New()),
        _ => await device.LogOut(),
    };

    private Task<IssuedToken> NewToken() => house.NewDevice().LogInAsGuest().GivesToken();
}
