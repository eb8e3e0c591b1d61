using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Protocols.Session;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests;

/// <summary>The session protocol's events, their order and their spelling; the rules behind them are the grains'.</summary>
public sealed class SessionProtocolTests
{
    private const string Registration = """{"username":"Ada","email":"ada@example.org","password":"correct horse"}""";

    private static readonly Guid UserId = Guid.Parse("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");

    private readonly FakeConnection _client = new();
    private readonly FakeSession _session = new();
    private readonly LocalSessions _localSessions = new();
    private readonly SessionProtocolOptions _options = new();
    private readonly IReadOnlyList<string> _keys;
    private readonly TokenSigner _signer;
    private readonly IssuedToken _token;
    private readonly SessionProtocol _protocol;

    public SessionProtocolTests()
    {
        var time = new FakeTimeProvider();
        _token = new IssuedToken("the-token", UserId, time.GetUtcNow(), time.GetUtcNow().AddDays(7));
        _signer = new TokenSigner(Keys.Of(Keys.Line('a')), time);
        var grains = FakeGrains.Of(_session, out _keys);
        var links = new SessionLinks(
            grains, new GatewayIdentity(), _localSessions, Revalidations.Held(_localSessions, grains, time),
            new PendingDetaches(grains, NullLogger<PendingDetaches>.Instance), time);
        _protocol = new SessionProtocol(
            _client, grains, links, _signer, Options.Create(_options), NullLogger<SessionProtocol>.Instance);
    }

    /// <summary>Wakes the connection, as a grain does, and waits until it has looked.</summary>
    private Task Wake() => Task.WhenAll(_localSessions.Ids.SelectMany(id => _localSessions.Find(id)).Select(listener => listener.Revalidate()));

    /// <summary>Uses the session for the first time, after which wake-ups reach the connection.</summary>
    private async Task Attach()
    {
        await Send("logout");
        _session.Calls.Clear();
        _client.Sent();
    }

    private string Jwt => _signer.Sign(_token);

    public static TheoryData<string, string, Refusal, string> Refusals => new()
    {
        { "login_credentials", Registration, Refusal.Username, "login_error \"username\"" },
        { "login_credentials", Registration, Refusal.Password, "login_error \"password\"" },
        { "login_credentials", Registration, Refusal.Withheld, "login_error" },
        { "register", Registration, Refusal.Username, "register_error \"username\"" },
        { "register", Registration, Refusal.Email, "register_error \"email\"" },
        { "register", Registration, Refusal.Password, "register_error \"password\"" },
        { "register", Registration, Refusal.Withheld, "register_error" },
        { "upgrade", Registration, Refusal.Username, "upgrade_error \"username\"" },
        { "upgrade", Registration, Refusal.Email, "upgrade_error \"email\"" },
        { "upgrade", Registration, Refusal.Password, "upgrade_error \"password\"" },
        { "login_credentials", Registration, Refusal.NotAllowed, "event_error \"login_credentials\"" },
        { "login_guest", "", Refusal.NotAllowed, "event_error \"login_guest\"" },
        { "register", Registration, Refusal.NotAllowed, "event_error \"register\"" },
        { "upgrade", Registration, Refusal.NotAllowed, "event_error \"upgrade\"" },
        { "logout", "", Refusal.NotAllowed, "event_error \"logout\"" },
    };

    [Fact]
    public async Task GuestGetsTokenUserAndStateInThisOrder() => await Gives(
        Happened(SessionEventKind.BecameGuest, LoginState.Guest), "login_guest", "",
        $"token_change \"{Jwt}\"", "user_change \"Ada\"", "state_change \"guest\"");

    [Fact]
    public async Task LoginByCredentialsGetsSuccessTokenUserAndStateInThisOrder() => await Gives(
        Happened(SessionEventKind.LoggedIn, LoginState.User), "login_credentials", Registration,
        "login_success", $"token_change \"{Jwt}\"", "user_change \"Ada\"", "state_change \"user\"");

    [Fact]
    public async Task LoginByTokenGetsTheSame() => await Gives(
        Happened(SessionEventKind.LoggedIn, LoginState.Guest), "login_token", JsonSerializer.Serialize(Jwt),
        "login_success", $"token_change \"{Jwt}\"", "user_change \"Ada\"", "state_change \"guest\"");

    [Fact]
    public async Task RegistrationGetsSuccessTokenUserAndStateInThisOrder() => await Gives(
        Happened(SessionEventKind.Registered, LoginState.User), "register", Registration,
        "register_success", $"token_change \"{Jwt}\"", "user_change \"Ada\"", "state_change \"user\"");

    [Fact]
    public async Task UpgradeGetsSuccessAndStateAndNoToken() => await Gives(
        new SessionEvent(1, SessionEventKind.Upgraded, LoginState.User, UserId, "Ada"), "upgrade", Registration,
        "upgrade_success", "state_change \"user\"");

    [Fact]
    public async Task GuestThatWasUpgradedElsewhereIsToldItsNewNameAndState()
    {
        await Attach();
        _session.News = _ => Task.FromResult<ImmutableArray<SessionEvent>>(
            [new SessionEvent(1, SessionEventKind.BecameUser, LoginState.User, UserId, "Ada")]);
        await Wake();
        Assert.Equal(["user_change \"Ada\"", "state_change \"user\""], _client.Sent());
    }

    [Fact]
    public async Task LogoutGetsTheState() => await Gives(
        new SessionEvent(1, SessionEventKind.LoggedOut, LoginState.Undefined), "logout", "", "state_change \"undefined\"");

    [Fact]
    public async Task UserChangeCarriesTheIdByASetting()
    {
        _options.UserChange = UserChangePayload.Id;
        await Gives(
            Happened(SessionEventKind.BecameGuest, LoginState.Guest), "login_guest", "",
            $"token_change \"{Jwt}\"", $"user_change \"{UserId}\"", "state_change \"guest\"");
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task RefusalIsTheEventsOwnErrorWithItsReason(
        string name, string payload, Refusal refusal, string expected)
    {
        _session.Reply = () => SessionReply.Refused(refusal);
        await Send(name, payload);
        Assert.Equal([expected], _client.Sent());
    }

    [Theory]
    [InlineData(Refusal.Username)]
    [InlineData(Refusal.Password)]
    public async Task LoginErrorHidesItsReasonByASetting(Refusal refusal)
    {
        _options.TellLoginReason = false;
        _session.Reply = () => SessionReply.Refused(refusal);
        await Send("login_credentials", Registration);
        Assert.Equal(["login_error"], _client.Sent());
        await Send("register", Registration);
        Assert.Equal([$"register_error \"{refusal.ToString().ToLowerInvariant()}\""], _client.Sent());
        await Send("login_token", "\"forged\"");
        Assert.Equal(["login_error \"token\""], _client.Sent());
    }

    [Fact]
    public async Task ReasonIsSpelledAsInTheDocumentByASetting()
    {
        _options.DocumentSpelling = true;
        _session.Reply = () => SessionReply.Refused(Refusal.Username);
        await Send("login_credentials", Registration);
        await Send("register", Registration);
        await Send("upgrade", Registration);
        Assert.Equal(
            ["login_error \"uesrname\"", "register_error \"uesrname\"", "upgrade_error \"uesrname\""], _client.Sent());
    }

    [Theory]
    [InlineData("login_credentials", "", "login_error \"username\"")]
    [InlineData("login_credentials", "null", "login_error \"username\"")]
    [InlineData("login_credentials", "[]", "login_error \"username\"")]
    [InlineData("login_credentials", """{"username":7,"password":"x"}""", "login_error \"username\"")]
    [InlineData("login_credentials", """{"username":"Ada"}""", "login_error \"password\"")]
    [InlineData("login_credentials", """{"username":"Ada","password":null}""", "login_error \"password\"")]
    [InlineData("login_token", "", "login_error \"token\"")]
    [InlineData("login_token", "7", "login_error \"token\"")]
    [InlineData("login_token", "\"forged\"", "login_error \"token\"")]
    [InlineData("login_token", "{\"token\":\"x\"}", "login_error \"token\"")]
    [InlineData("register", "", "register_error \"username\"")]
    [InlineData("register", """{"username":"Ada"}""", "register_error \"email\"")]
    [InlineData("register", """{"username":"Ada","email":"ada@example.org"}""", "register_error \"password\"")]
    [InlineData("register", """{"username":"\ud800","email":"a","password":"b"}""", "register_error \"username\"")]
    [InlineData("upgrade", "", "event_error \"upgrade\"")]
    public async Task EventThatLacksAFieldIsRefusedWithoutAskingTheSession(string name, string payload, string expected)
    {
        await Send(name, payload);
        Assert.Equal([expected], _client.Sent());
        Assert.Empty(_session.Calls);
    }

    [Theory]
    [InlineData("login_credentials", "event_error \"login_credentials\"")]
    [InlineData("login_token", "event_error \"login_token\"")]
    [InlineData("register", "event_error \"register\"")]
    [InlineData("upgrade", "upgrade_error \"username\"")]
    public async Task EventInTheWrongStateIsNotAllowedWhateverItLacks(string name, string expected)
    {
        _session.Reply = () => SessionReply.Of(Happened(SessionEventKind.BecameGuest, LoginState.Guest));
        _session.State = LoginState.Guest;
        await Send("login_guest");
        _client.Sent();
        await Send(name, "null");
        Assert.Equal([expected], _client.Sent());
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("", "")]
    [InlineData("login guest", "login guest")]
    [InlineData("zo\u00eb\u0007", "zo\u00eb\\u0007")]
    public async Task UnknownEventIsNotAllowed(string name, string echoed)
    {
        await Send(name);
        Assert.Equal([$"event_error \"{echoed}\""], _client.Sent());
        Assert.Empty(_keys);
    }

    [Fact]
    public async Task LongUnknownNameComesBackOnlyByItsBeginning()
    {
        await Send(new string('x', 1_000_000));
        Assert.Equal([$"event_error \"{new string('x', 256)}\""], _client.Sent());
    }

    [Fact]
    public async Task EventNamesAreComparedExactly()
    {
        await Send("LOGIN_Guest");
        Assert.Equal(["event_error \"LOGIN_Guest\""], _client.Sent());
    }

    [Theory]
    [InlineData("login_credentials", Registration, "login_error")]
    [InlineData("login_guest", "", "login_error")]
    [InlineData("register", Registration, "register_error")]
    [InlineData("upgrade", Registration, "upgrade_error")]
    [InlineData("logout", "", "event_error \"logout\"")]
    [InlineData("resume", "", "event_error \"resume\"")]
    public async Task ClientIsToldWhenTheGrainsFail(string name, string payload, string expected)
    {
        _session.Failure = new TimeoutException();
        await Send(name, payload);
        Assert.Equal([expected], _client.Sent());
    }

    [Fact]
    public async Task WakeUpFetchesWhatCameAfterTheLastDelivery()
    {
        _session.Reply = () => SessionReply.Of(Happened(SessionEventKind.BecameGuest, LoginState.Guest));
        await Send("login_guest");
        _client.Sent();
        _session.News = _ => Task.FromResult<ImmutableArray<SessionEvent>>(
        [
            Happened(SessionEventKind.BecameGuest, LoginState.Guest), // has been delivered
            new SessionEvent(2, SessionEventKind.LoggedOut, LoginState.Undefined),
        ]);
        await Wake();
        Assert.Equal("Revalidate 1", _session.Calls[^1]);
        Assert.Equal(["state_change \"undefined\""], _client.Sent());
        await Wake();
        Assert.Equal("Revalidate 2", _session.Calls[^1]);
        Assert.Empty(_client.Sent());
    }

    [Fact]
    public async Task ResumableConnectionIsToldItsNumbers()
    {
        await Send("resume");
        Assert.Equal([Resumed("a new secret", false, "undefined", 0)], _client.Sent());
        _session.Reply = () => SessionReply.Of(Happened(SessionEventKind.BecameGuest, LoginState.Guest));
        await Send("login_guest");
        Assert.Equal("sequence 1", _client.Sent()[^1]);
        await Send("acknowledge", "1");
        Assert.Equal("Acknowledge 1", _session.Calls[^1]);
        Assert.Empty(_client.Sent());
    }

    [Fact]
    public async Task ResumedConnectionGetsWhatItMissed()
    {
        _session.ResumeReply = () => new ResumeReply(
            true, new Secret("the secret"), LoginState.Undefined, 4,
            [new SessionEvent(4, SessionEventKind.LoggedOut, LoginState.Undefined)]);
        var sessionId = RandomId.New();
        await Send("resume", $$"""{"session":"{{sessionId}}","secret":"the secret","sequence":3}""");
        Assert.Equal(["Resume 3", "Revalidate 3"], _session.Calls);
        Assert.Equal(
            [Resumed("the secret", true, "undefined", 4), "state_change \"undefined\"", "sequence 4"], _client.Sent());
        Assert.All(_keys, key => Assert.Equal("session/" + sessionId, key));
    }

    [Theory]
    [InlineData("""{"session":"short","secret":"x"}""")]
    [InlineData("""{"session":"1234567890123456789012"}""")]
    [InlineData("""{"session":7,"secret":"x"}""")]
    [InlineData("null")]
    public async Task ClientThatShowsNothingToResumeBeginsAnew(string payload)
    {
        await Send("resume", payload);
        Assert.Equal(["MakeResumable"], _session.Calls);
    }

    [Fact]
    public async Task ConnectionThatCannotResumeHasNothingToAcknowledge()
    {
        await Send("acknowledge", "1");
        Assert.Equal(["event_error \"acknowledge\""], _client.Sent());
    }

    [Fact]
    public async Task ConnectionThatIsGoneIsDetachedAndNotLookedAfter()
    {
        await Send("login_guest");
        await _protocol.Closed();
        Assert.Equal("Detach the connection", _session.Calls[^1]);
        Assert.True(_localSessions.IsEmpty);
    }

    [Fact]
    public async Task ConnectionThatNeverSaidAnythingCostsNoGrain()
    {
        await _protocol.Closed();
        Assert.Empty(_keys);
    }

    /// <summary>The session's id is the one that the grain was last asked for by.</summary>
    private string Resumed(string secret, bool recovered, string state, int sequence) =>
        $$"""resumed {"session":"{{_keys[^1]["session/".Length..]}}","secret":"{{secret}}","recovered":{{(recovered ? "true" : "false")}},"state":"{{state}}","sequence":{{sequence}}}""";

    private SessionEvent Happened(SessionEventKind kind, LoginState state) => new(1, kind, state, UserId, "Ada", _token);

    private async Task Gives(SessionEvent happened, string name, string payload, params string[] expected)
    {
        _session.Reply = () => SessionReply.Of(happened);
        await Send(name, payload);
        Assert.Equal(expected, _client.Sent());
    }

    private Task Send(string name, string payload = "") =>
        _protocol.Receive(name, payload.Length == 0 ? default : JsonElement.Parse(payload)).InTime();
}
