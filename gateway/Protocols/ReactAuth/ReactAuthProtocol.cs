using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>
/// The socket part of react-auth on one connection, see docs/PROTOCOLS.md, "react-auth". Each request is answered by
/// <c>{success}</c>; whose session it is about is proved by its <c>session</c> alone, never by its <c>user</c>.
/// </summary>
public sealed partial class ReactAuthProtocol : IEventProtocol, INamesEvents
{
    /// <summary>The requests.</summary>
    public static readonly EventTable<ReactAuthProtocol, Task<bool>> Requests = new()
    {
        { ReactAuthTypes.SocketResume, (protocol, payload) => protocol.Resume(payload) },
        { ReactAuthTypes.Close, (protocol, payload) => protocol.Close(payload) },
    };

    public static IEnumerable<string> EventNames => Requests;

    private readonly IConnection _connection;
    private readonly IGrainFactory _grains;
    private readonly ILogger _logger;
    private readonly SessionLink _link;

    public ReactAuthProtocol(
        IConnection connection, IGrainFactory grains, SessionLinks links, ILogger<ReactAuthProtocol> logger)
    {
        (_connection, _grains, _logger) = (connection, grains, logger);
        _link = links.Create(connection, "react-auth", SessionChanged);
    }

    public async Task<object?> Receive(string name, JsonElement payload)
    {
        var entry = Requests.Find(name);
        GatewayMeters.EventReceived("react-auth", entry?.Name ?? "unknown");
        var success = false;
        try
        {
            if (entry is not null) success = await entry.Handle(this, payload);
        }
        catch (Exception failure)
        {
            LogFailed(failure, entry!.Name);
            GatewayMeters.EventFailed("react-auth", entry.Name);
        }
        await _link.Settle();
        return new ReactAuthResult(success);
    }

    public Task Closed() => _link.Close();

    private async Task<bool> Resume(JsonElement payload)
    {
        if (SessionTicket.Parse(payload.Text("session")) is not { } ticket) return false;
        if (await _grains.Session(ticket.SessionId).Join(_link.Caller, ticket.Secret) is not { } joined) return false;
        await _link.Continue(ticket.SessionId, joined.Sequence, [], () => Task.CompletedTask);
        return true;
    }

    private async Task<bool> Close(JsonElement payload)
    {
        // Joining proves that the session is the client's, whether or not it has resumed on this connection.
        if (!await Resume(payload)) return false;
        var reply = await _link.Silently(() => _link.Session.LogOut(_link.Caller));
        return reply.Refusal == Refusal.None;
    }

    /// <summary>The notice comes first: a client that only lost its socket would connect again and again.</summary>
    private async Task SessionChanged(IReadOnlyList<SessionEvent> events)
    {
        if (events[^1].State != LoginState.Undefined) return;
        await _connection.Send([new ServerEvent(ReactAuthTypes.Close, new ReactAuthNotice(ReactAuthTypes.Close))]);
        await _connection.Close();
    }

    [LoggerMessage(LogLevel.Warning, "react-auth: {Request} failed")]
    private partial void LogFailed(Exception failure, string request);
}
