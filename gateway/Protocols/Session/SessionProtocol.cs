using System.Collections.Immutable;
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
public sealed partial class SessionProtocol(
    IConnection connection,
    IGrainFactory grains,
    GatewayIdentity gateway,
    LocalSessions localSessions,
    Farewells farewells,
    TokenSigner tokens,
    IOptions<SessionProtocolOptions> options,
    ILogger<SessionProtocol> logger) : IEventProtocol, ISessionListener
{
    /// <summary>The client events, and what tells the client that one of them failed.</summary>
    public static readonly EventTable<SessionProtocol> Events = new()
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

    /// <summary>How much of an unknown event's name goes back to the client, in UTF-16 units.</summary>
    private const int MaxEchoedName = 256;

    private readonly Caller _caller = new(connection.Id, "session", gateway.Id, connection.Address);
    private readonly SemaphoreSlim _delivering = new(1);
    private string _sessionId = RandomId.New();
    private long _delivered;
    private bool _attached;
    private bool _resumable;
    private volatile bool _closed;
    private int _refreshing;

    private ISessionGrain Session
    {
        get
        {
            // A connection that never says anything costs no grain.
            if (!_attached)
            {
                _attached = true;
                localSessions.Add(_sessionId, this);
            }
            return grains.Session(_sessionId);
        }
    }

    public async Task Receive(string name, JsonElement payload)
    {
        var entry = Events.Find(name);
        GatewayMeters.EventReceived("session", entry?.Name ?? "unknown");
        if (entry is null)
        {
            await Send(new ServerEvent("event_error", name.Length <= MaxEchoedName ? name : name[..MaxEchoedName]));
            return;
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
        // The connection went while its last event was on the way; that may have attached the session again.
        if (_closed) await Leave();
    }

    public Task Closed()
    {
        _closed = true;
        return Leave();
    }

    private async Task Leave()
    {
        if (!_attached) return;
        localSessions.Remove(_sessionId, this);
        await farewells.Say(_sessionId, connection.Id);
    }

    /// <summary>The session has news. One look fetches them all, so a second wake-up during a look only repeats it.</summary>
    public async Task SessionChanged()
    {
        if (Interlocked.Exchange(ref _refreshing, 2) != 0) return;
        do
        {
            Volatile.Write(ref _refreshing, 1);
            try
            {
                await Deliver(await grains.Session(_sessionId).Refresh(Volatile.Read(ref _delivered)));
            }
            catch (Exception failure)
            {
                LogFailed(failure, "refresh");
            }
        }
        while (Interlocked.CompareExchange(ref _refreshing, 0, 1) != 1);
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
        await Answer("login_credentials", "login_error", await Session.LogInWithCredentials(_caller, credentials));
    }

    private async Task LogInWithToken(JsonElement payload)
    {
        if (tokens.Verify(payload.Text()) is not { } token) await Refuse("login_token", "login_error", Refusal.Token);
        else await Answer("login_token", "login_error", await Session.LogInWithToken(_caller, token.UserId, token.TokenId));
    }

    private async Task LogInAsGuest() => await Answer("login_guest", "login_error", await Session.LogInAsGuest(_caller));

    private async Task Register(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Refuse("register", "register_error", missing);
        else await Answer("register", "register_error", await Session.Register(_caller, registration));
    }

    private async Task Upgrade(JsonElement payload)
    {
        var missing = Read(payload, out var registration);
        if (missing != Refusal.None) await Refuse("upgrade", "upgrade_error", missing, LoginState.Guest);
        else await Answer("upgrade", "upgrade_error", await Session.Upgrade(_caller, registration));
    }

    private async Task LogOut() => await Answer("logout", "event_error", await Session.LogOut(_caller));

    private async Task Resume(JsonElement payload)
    {
        var reply = ResumeReply.Gone;
        // Session ids have 22 characters; anything else names no grain worth waking.
        if (payload.Text("session") is { Length: 22 } sessionId && payload.Text("secret") is { Length: <= 64 } secret)
        {
            if (_attached && sessionId != _sessionId && await Session.GetState() != LoginState.Undefined)
            {
                await Send(new ServerEvent("event_error", "resume"));
                return;
            }
            reply = await grains.Session(sessionId).Resume(_caller, new Secret(secret), payload.Number("sequence") ?? 0);
            if (reply.Recovered && sessionId != _sessionId)
            {
                await Leave();
                (_sessionId, _attached) = (sessionId, false);
            }
        }
        if (!reply.Recovered) reply = await Session.MakeResumable(_caller);

        var resumed = new Resumed(_sessionId, reply.Secret.Value, reply.Recovered, Spell(reply.State), reply.Sequence);
        await _delivering.WaitAsync();
        try
        {
            // From here on wake-ups find this connection; they wait until it has been told where it stands.
            _ = Session;
            _resumable = true;
            Volatile.Write(ref _delivered, reply.Sequence - reply.Events.Length);
            await connection.Send([new ServerEvent("resumed", resumed), .. News(reply.Events)]);
        }
        finally
        {
            _delivering.Release();
        }
    }

    private async Task Acknowledge(JsonElement payload)
    {
        if (_resumable && payload.Number() is { } sequence) await Session.Acknowledge(sequence);
        else await Send(new ServerEvent("event_error", "acknowledge"));
    }

    /// <summary>Sends what a command brought about: the events, or the refusal in the protocol's spelling.</summary>
    private async Task Answer(string eventName, string errorEvent, SessionReply reply)
    {
        await Deliver(reply.Events);
        if (reply.Refusal == Refusal.NotAllowed) await Send(new ServerEvent("event_error", eventName));
        else if (reply.Refusal != Refusal.None) await Send(Refused(errorEvent, reply.Refusal));
    }

    /// <summary>Refuses what could not even be read; in the wrong login state that comes first.</summary>
    private async Task Refuse(
        string eventName, string errorEvent, Refusal reason, LoginState allowedIn = LoginState.Undefined)
    {
        var state = _attached ? await Session.GetState() : LoginState.Undefined;
        await Send(state == allowedIn ? Refused(errorEvent, reason) : new ServerEvent("event_error", eventName));
    }

    private ServerEvent Refused(string errorEvent, Refusal refusal)
    {
        var tell = options.Value.TellLoginReason || errorEvent != "login_error" || refusal == Refusal.Token;
        return new ServerEvent(errorEvent, refusal switch
        {
            _ when !tell => null,
            Refusal.Username => options.Value.DocumentSpelling ? "uesrname" : "username",
            Refusal.Email => "email",
            Refusal.Password => "password",
            Refusal.Token => "token",
            _ => null,
        });
    }

    /// <summary>Delivers session events that this connection has not had yet; they may come by reply and by wake-up at once.</summary>
    private async Task Deliver(ImmutableArray<SessionEvent> events)
    {
        if (events.IsEmpty) return;
        await _delivering.WaitAsync();
        try
        {
            if (News(events) is { Count: > 0 } news) await connection.Send(news);
        }
        finally
        {
            _delivering.Release();
        }
    }

    /// <summary>The named events of those that this connection has not had yet; they count as delivered from here on.</summary>
    private List<ServerEvent> News(ImmutableArray<SessionEvent> events)
    {
        var named = new List<ServerEvent>();
        foreach (var entry in events.Where(entry => entry.Sequence > _delivered))
        {
            Translate(entry, named);
            Volatile.Write(ref _delivered, entry.Sequence);
        }
        if (named.Count > 0 && _resumable) named.Add(new ServerEvent("sequence", _delivered));
        return named;
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
        if (entry.Token is { } token)
        {
            named.Add(new ServerEvent("token_change", tokens.Sign(token)));
            named.Add(new ServerEvent("user_change", options.Value.UserChange == UserChangePayload.Id
                ? entry.UserId!.Value.ToString("D")
                : entry.UserName));
        }
        named.Add(new ServerEvent("state_change", Spell(entry.State)));
    }

    private Task Send(ServerEvent single) => connection.Send([single]);

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
