using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.Extensions.Options;
using static Gatehouse.Gateway.Protocols.Session.SessionServerEvents;

namespace Gatehouse.Gateway.Protocols.Session;

/// <summary>The session protocol on one connection, see docs/PROTOCOLS.md, "session".</summary>
public sealed class SessionProtocol : EventProtocol<SessionProtocol>, IResumableProtocol, ITokenProtocol, INamesEvents
{
    /// <summary>The client events, and what tells the client that one failed; see also <see cref="SessionServerEvents"/>.</summary>
    public static readonly EventTable<SessionProtocol> Events = new()
    {
        { "login_credentials", (protocol, payload) => protocol.LogInWithCredentials(payload), LoginError(), Limit.Passwords },
        { "login_token", (protocol, payload) => protocol.LogInWithToken(payload), LoginError() },
        { "login_guest", (protocol, _) => protocol.LogInAsGuest(), LoginError(), Limit.Guests },
        { "register", (protocol, payload) => protocol.Register(payload), RegisterError(), Limit.Registrations },
        { "upgrade", (protocol, payload) => protocol.Upgrade(payload), UpgradeError(), Limit.Registrations },
        { "logout", (protocol, _) => protocol.LogOut(), EventError("logout") },
        // Extensions for clients that resume; no other client sends them.
        { "resume", (protocol, payload) => protocol.Resume(payload), EventError("resume"), Limit.LookUps },
        { "acknowledge", (protocol, payload) => protocol.Acknowledge(payload), EventError("acknowledge") },
    };

    public static IEnumerable<string> EventNames => Events;

    private readonly IGrainFactory _grains;
    private readonly TokenSigner _tokens;
    private readonly SessionProtocolOptions _options;
    private readonly SessionLink _link;
    private bool _resumable;
    private JsonElement? _token; // shown in connecting, and not used yet

    public SessionProtocol(
        IConnection connection,
        IGrainFactory grains,
        SessionLinks links,
        TokenSigner tokens,
        IOptions<SessionProtocolOptions> options,
        ILogger<SessionProtocol> logger) : base("session", connection, logger)
    {
        (_grains, _tokens, _options) = (grains, tokens, options.Value);
        _link = links.Create(connection, "session", Deliver);
    }

    private ISessionGrain Session => _link.Session;

    public async Task LogIn(JsonElement token, bool mayResume)
    {
        _token = token;
        if (!mayResume) await UseToken();
    }

    public override async Task Receive(string name, JsonElement payload, Action<object?>? answered = null)
    {
        if (name != "resume") await UseToken();
        await base.Receive(name, payload, answered);
    }

    public async Task<Resumption> Resume(string? offset)
    {
        if (Connection.Ticket is not { } ticket || EventOffset.Parse(offset) is not { } seen) return Resumption.Anew();
        // An event of the session becomes several for the client, which may have seen only some of them.
        var reply = await _grains.Session(ticket.SessionId).Resume(_link.Caller, new Secret(ticket.Secret), seen.SeenWholly);
        if (!reply.Recovered) return Resumption.Anew();
        await _link.Continue(ticket.SessionId, reply.State, reply.Sequence, [], () => Task.CompletedTask);
        var events = Translate(reply.Events);
        var last = events.FindIndex(named => named.Offset == seen.ToString());
        if (last < 0 && seen != default) return Resumption.Anew();
        events.RemoveRange(0, last + 1);
        return new Resumption(events is [.., var newest] ? newest.Offset : seen.ToString(), events);
    }

    protected override ClientEvent<SessionProtocol>? Find(string name, JsonElement payload) => Events.Find(name);

    protected override IReadOnlyList<ServerEvent>? Refuse(ClientEvent<SessionProtocol>? found, string name, JsonElement payload) =>
        found is null ? [EventError(EventName.Echo(name))] : null;

    protected override IReadOnlyList<ServerEvent> Unacceptable(ClientEvent<SessionProtocol> refused, string name) => [EventError(name)];

    protected override Task EnsureValid(ClientEvent<SessionProtocol> wanted) => _link.EnsureValid();

    protected override Task Detach() => _link.Detach();

    private async Task LogInWithCredentials(JsonElement payload)
    {
        var (username, password) = (payload.Text("username"), payload.Text("password"));
        if (username is null || password is null)
        {
            var missing = username is null ? Refusal.Username : Refusal.Password;
            await Reject("login_credentials", LoginError, missing);
            return;
        }
        var credentials = new Credentials(username, new Secret(password));
        await Answer("login_credentials", LoginError, await Session.LogInWithCredentials(_link.Caller, credentials, Gone));
    }

    private async Task LogInWithToken(JsonElement payload)
    {
        if (_tokens.Verify(payload.Text()) is not { } token) await Reject("login_token", LoginError, Refusal.Token);
        else await Answer("login_token", LoginError, await Session.LogInWithToken(_link.Caller, token.UserId, token.TokenId));
    }

    /// <summary>Logs in with the token that was shown in connecting, once.</summary>
    private async Task UseToken()
    {
        if (_token is not { } token) return;
        _token = null;
        await Receive("login_token", token);
    }

    private async Task LogInAsGuest() => await Answer("login_guest", LoginError, await Session.LogInAsGuest(_link.Caller));

    private async Task Register(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Reject("register", RegisterError, missing);
        else await Answer("register", RegisterError, await Session.Register(_link.Caller, registration, Gone));
    }

    private async Task Upgrade(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Reject("upgrade", UpgradeError, missing, LoginState.Guest);
        else await Answer("upgrade", UpgradeError, await Session.Upgrade(_link.Caller, registration, Gone));
    }

    private async Task LogOut() => await Answer("logout", EventError, await Session.LogOut(_link.Caller));

    private async Task Resume(JsonElement payload)
    {
        var reply = ResumeReply.Gone;
        var sessionId = payload.Text("session");
        // Session ids have 22 characters; anything else names no grain worth waking.
        if (sessionId is { Length: 22 } && payload.Text("secret") is { Length: <= 64 } secret)
        {
            if (_link.IsAttached && sessionId != _link.SessionId && await Session.GetState() != LoginState.Undefined)
            {
                await Send(EventError("resume"));
                return;
            }
            reply = await _grains.Session(sessionId).Resume(_link.Caller, new Secret(secret), payload.Number("sequence") ?? 0);
        }
        if (!reply.Recovered)
        {
            sessionId = _link.SessionId;
            reply = await Session.MakeResumable(_link.Caller);
        }
        _resumable = true;
        var resumed = new Resumed(sessionId!, reply.Secret.Value, reply.Recovered, Spell(reply.State), reply.Sequence);
        await _link.Continue(
            sessionId!, reply.State, reply.Sequence - reply.Events.Length, reply.Events, () => Send(SessionServerEvents.Resumed(resumed)));
        // Whoever goes on as somebody needs no login.
        if (reply.State != LoginState.Undefined) _token = null;
        await UseToken();
    }

    private async Task Acknowledge(JsonElement payload)
    {
        if (_resumable && payload.Number() is { } sequence) await Session.Acknowledge(sequence);
        else await Send(EventError("acknowledge"));
    }

    /// <summary>Sends what a command brought about: the events, or the refusal in the protocol's spelling.</summary>
    private async Task Answer(string eventName, Func<string?, ServerEvent> error, SessionReply reply)
    {
        await _link.Deliver(reply.Events);
        if (reply.Refusal == Refusal.NotAllowed) await Send(EventError(eventName));
        else if (reply.Refusal != Refusal.None) await Send(Refused(error, reply.Refusal));
    }

    /// <summary>Refuses what could not even be read; in the wrong login state that comes first.</summary>
    private async Task Reject(
        string eventName, Func<string?, ServerEvent> error, Refusal reason, LoginState allowedIn = LoginState.Undefined)
    {
        var state = _link.IsAttached ? await Session.GetState() : LoginState.Undefined;
        await Send(state == allowedIn ? Refused(error, reason) : EventError(eventName));
    }

    private ServerEvent Refused(Func<string?, ServerEvent> error, Refusal refusal)
    {
        var tell = _options.TellLoginReason || error(null).Name != LoginError().Name || refusal == Refusal.Token;
        return error(refusal switch
        {
            _ when !tell => null,
            Refusal.Username or Refusal.UsernameTaken => _options.DocumentSpelling ? "uesrname" : "username",
            Refusal.Email or Refusal.EmailTaken => "email",
            Refusal.Password or Refusal.PasswordTooSimple => "password",
            Refusal.Token => "token",
            _ => null,
        });
    }

    private Task Deliver(IReadOnlyList<SessionEvent> events)
    {
        var named = Translate(events);
        if (_resumable) named.Add(Sequence(events[^1].Sequence));
        return Connection.Send(named);
    }

    private List<ServerEvent> Translate(IEnumerable<SessionEvent> events)
    {
        var all = new List<ServerEvent>();
        foreach (var entry in events)
        {
            var named = new List<ServerEvent>();
            Translate(entry, named);
            for (var index = 0; index < named.Count; index++)
            {
                all.Add(named[index] with { Offset = new EventOffset(entry.Sequence, index).ToString() });
            }
        }
        return all;
    }

    /// <summary>The order of the named events is the document's, and normative.</summary>
    private void Translate(SessionEvent entry, List<ServerEvent> named)
    {
        switch (entry.Kind)
        {
            case SessionEventKind.LoggedIn:
                named.Add(LoginSuccess);
                break;
            case SessionEventKind.Registered:
                named.Add(RegisterSuccess);
                break;
            case SessionEventKind.Upgraded:
                named.Add(UpgradeSuccess);
                break;
        }
        if (entry.Token is { } token) named.Add(TokenChange(_tokens.Sign(token)));
        if (entry.Token is not null || entry.Kind == SessionEventKind.BecameUser)
        {
            named.Add(UserChange(_options.UserChange == UserChangePayload.Id
                ? entry.UserId!.Value.ToString("D")
                : entry.UserName));
        }
        named.Add(StateChange(entry.State));
    }

    private static Refusal Read(JsonElement payload, out Registration registration)
    {
        var (username, email, password) = (payload.Text("username"), payload.Text("email"), payload.Text("password"));
        registration = new Registration(username ?? "", email ?? "", new Secret(password ?? ""));
        return username is null ? Refusal.Username : email is null ? Refusal.Email
            : password is null ? Refusal.Password : Refusal.None;
    }
}
