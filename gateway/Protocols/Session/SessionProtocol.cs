using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Protocols.Session;

/// <summary>The session protocol on one connection, see docs/PROTOCOLS.md, "session".</summary>
public sealed partial class SessionProtocol : IResumableProtocol, INamesEvents
{
    /// <summary>The client events, and what tells the client that one of them failed.</summary>
    public static readonly EventTable<SessionProtocol, Task> Events = new()
    {
        { "login_credentials", (protocol, payload) => protocol.LogInWithCredentials(payload), new("login_error") },
        { "login_token", (protocol, payload) => protocol.LogInWithToken(payload), new("login_error") },
        { "login_guest", (protocol, _) => protocol.LogInAsGuest(), new("login_error") },
        { "register", (protocol, payload) => protocol.Register(payload), new("register_error") },
        { "upgrade", (protocol, payload) => protocol.Upgrade(payload), new("upgrade_error") },
        { "logout", (protocol, _) => protocol.LogOut(), new("event_error", "logout") },
        // Extensions for clients that resume; no other client sends them.
        { "resume", (protocol, payload) => protocol.Resume(payload), new("event_error", "resume") },
        { "acknowledge", (protocol, payload) => protocol.Acknowledge(payload), new("event_error", "acknowledge") },
    };

    public static IEnumerable<string> EventNames => Events;

    private readonly IConnection _connection;
    private readonly IGrainFactory _grains;
    private readonly TokenSigner _tokens;
    private readonly SessionProtocolOptions _options;
    private readonly ILogger _logger;
    private readonly SessionLink _link;
    private bool _resumable;

    public SessionProtocol(
        IConnection connection,
        IGrainFactory grains,
        SessionLinks links,
        TokenSigner tokens,
        IOptions<SessionProtocolOptions> options,
        ILogger<SessionProtocol> logger)
    {
        (_connection, _grains, _tokens, _options, _logger) = (connection, grains, tokens, options.Value, logger);
        _link = links.Create(connection, "session", Deliver);
    }

    private ISessionGrain Session => _link.Session;

    public async Task<object?> Receive(string name, JsonElement payload)
    {
        var entry = Events.Find(name);
        GatewayMeters.EventReceived("session", entry?.Name ?? "unknown");
        if (entry is null)
        {
            await Send(new ServerEvent("event_error", EventName.Echo(name)));
            return null;
        }
        try
        {
            await entry.Handle(this, payload);
        }
        catch (Exception failure)
        {
            LogFailed(failure, entry.Name);
            GatewayMeters.EventFailed("session", entry.Name);
            await Send(entry.Failure);
        }
        await _link.Settle();
        return null;
    }

    public Task Closed() => _link.Close();

    public async Task<IReadOnlyList<ServerEvent>?> Resume(string? offset)
    {
        if (_connection.Ticket is not { } ticket) return null;
        var seen = EventOffset.Parse(offset);
        // An event of the session becomes several for the client, which may have seen only some of them.
        var reply = await _grains.Session(ticket.SessionId).Resume(_link.Caller, new Secret(ticket.Secret), seen.SeenWholly);
        if (!reply.Recovered) return null;
        await _link.Continue(ticket.SessionId, reply.Sequence, [], () => Task.CompletedTask);
        return [.. Translate(reply.Events).SkipWhile(named => EventOffset.Parse(named.Offset).CompareTo(seen) <= 0)];
    }

    private async Task LogInWithCredentials(JsonElement payload)
    {
        var (username, password) = (payload.Text("username"), payload.Text("password"));
        if (username is null || password is null)
        {
            var missing = username is null ? Refusal.Username : Refusal.Password;
            await Refuse("login_credentials", "login_error", missing);
            return;
        }
        var credentials = new Credentials(username, new Secret(password));
        await Answer("login_credentials", "login_error", await Session.LogInWithCredentials(_link.Caller, credentials));
    }

    private async Task LogInWithToken(JsonElement payload)
    {
        if (_tokens.Verify(payload.Text()) is not { } token) await Refuse("login_token", "login_error", Refusal.Token);
        else await Answer("login_token", "login_error", await Session.LogInWithToken(_link.Caller, token.UserId, token.TokenId));
    }

    private async Task LogInAsGuest() => await Answer("login_guest", "login_error", await Session.LogInAsGuest(_link.Caller));

    private async Task Register(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Refuse("register", "register_error", missing);
        else await Answer("register", "register_error", await Session.Register(_link.Caller, registration));
    }

    private async Task Upgrade(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Refuse("upgrade", "upgrade_error", missing, LoginState.Guest);
        else await Answer("upgrade", "upgrade_error", await Session.Upgrade(_link.Caller, registration));
    }

    private async Task LogOut() => await Answer("logout", "event_error", await Session.LogOut(_link.Caller));

    private async Task Resume(JsonElement payload)
    {
        var reply = ResumeReply.Gone;
        var sessionId = payload.Text("session");
        // Session ids have 22 characters; anything else names no grain worth waking.
        if (sessionId is { Length: 22 } && payload.Text("secret") is { Length: <= 64 } secret)
        {
            if (_link.IsAttached && sessionId != _link.SessionId && await Session.GetState() != LoginState.Undefined)
            {
                await Send(new ServerEvent("event_error", "resume"));
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
            sessionId!, reply.Sequence - reply.Events.Length, reply.Events, () => Send(new ServerEvent("resumed", resumed)));
    }

    private async Task Acknowledge(JsonElement payload)
    {
        if (_resumable && payload.Number() is { } sequence) await Session.Acknowledge(sequence);
        else await Send(new ServerEvent("event_error", "acknowledge"));
    }

    /// <summary>Sends what a command brought about: the events, or the refusal in the protocol's spelling.</summary>
    private async Task Answer(string eventName, string errorEvent, SessionReply reply)
    {
        await _link.Deliver(reply.Events);
        if (reply.Refusal == Refusal.NotAllowed) await Send(new ServerEvent("event_error", eventName));
        else if (reply.Refusal != Refusal.None) await Send(Refused(errorEvent, reply.Refusal));
    }

    /// <summary>Refuses what could not even be read; in the wrong login state that comes first.</summary>
    private async Task Refuse(
        string eventName, string errorEvent, Refusal reason, LoginState allowedIn = LoginState.Undefined)
    {
        var state = _link.IsAttached ? await Session.GetState() : LoginState.Undefined;
        await Send(state == allowedIn ? Refused(errorEvent, reason) : new ServerEvent("event_error", eventName));
    }

    private ServerEvent Refused(string errorEvent, Refusal refusal)
    {
        var tell = _options.TellLoginReason || errorEvent != "login_error" || refusal == Refusal.Token;
        return new ServerEvent(errorEvent, refusal switch
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
        if (_resumable) named.Add(new ServerEvent("sequence", events[^1].Sequence));
        return _connection.Send(named);
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
                named.Add(new ServerEvent("login_success"));
                break;
            case SessionEventKind.Registered:
                named.Add(new ServerEvent("register_success"));
                break;
            case SessionEventKind.Upgraded:
                named.Add(new ServerEvent("upgrade_success"));
                break;
        }
        if (entry.Token is { } token) named.Add(new ServerEvent("token_change", _tokens.Sign(token)));
        if (entry.Token is not null || entry.Kind == SessionEventKind.BecameUser)
        {
            named.Add(new ServerEvent("user_change", _options.UserChange == UserChangePayload.Id
                ? entry.UserId!.Value.ToString("D")
                : entry.UserName));
        }
        named.Add(new ServerEvent("state_change", Spell(entry.State)));
    }

    private Task Send(ServerEvent single) => _connection.Send([single]);

    private static Refusal Read(JsonElement payload, out Registration registration)
    {
        var (username, email, password) = (payload.Text("username"), payload.Text("email"), payload.Text("password"));
        registration = new Registration(username ?? "", email ?? "", new Secret(password ?? ""));
        return username is null ? Refusal.Username : email is null ? Refusal.Email
            : password is null ? Refusal.Password : Refusal.None;
    }

    private static string Spell(LoginState state) => state switch
    {
        LoginState.Guest => "guest",
        LoginState.User => "user",
        _ => "undefined",
    };

    [LoggerMessage(LogLevel.Warning, "session: {Event} failed")]
    private partial void LogFailed(Exception failure, string @event);
}
