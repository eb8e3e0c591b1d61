using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>
/// The socket part of react-auth on one connection, see docs/PROTOCOLS.md, "react-auth". Each request is answered by
/// <c>{success}</c>; whose session it is about is proved by its <c>session</c> alone, never by its <c>user</c>.
/// </summary>
public sealed class ReactAuthProtocol : EventProtocol<ReactAuthProtocol>, INamesEvents
{
    /// <summary>The requests.</summary>
    public static readonly EventTable<ReactAuthProtocol> Requests = new()
    {
        { ReactAuthTypes.SocketResume, (protocol, payload) => protocol.ResumeOrMoveAway(payload), null, Limit.LookUps },
        { ReactAuthTypes.Close, (protocol, payload) => protocol.Close(payload), null, Limit.LookUps },
    };

    public static IEnumerable<string> EventNames => Requests;

    private readonly IGrainFactory _grains;
    private readonly SessionLink _link;

    public ReactAuthProtocol(
        IConnection connection, IGrainFactory grains, SessionLinks links, ILogger<ReactAuthProtocol> logger)
        : base("react-auth", connection, logger)
    {
        _grains = grains;
        _link = links.Create(connection, "react-auth", SessionChanged);
    }

    protected override ClientEvent<ReactAuthProtocol>? Find(string name, JsonElement payload) => Requests.Find(name);

    /// <summary>An unknown request is answered like any that had no success, and by no event.</summary>
    protected override IReadOnlyList<ServerEvent>? Refuse(
        ClientEvent<ReactAuthProtocol>? found, string name, JsonElement payload) => found is null ? [] : null;

    protected override object AnswerTo(Task? handled) =>
        new ReactAuthResult(handled is Task<bool> { IsCompletedSuccessfully: true, Result: true });

    protected override Task EnsureValid(ClientEvent<ReactAuthProtocol> wanted) => _link.EnsureValid();

    protected override Task Detach() => _link.Detach();

    /// <summary>
    /// The page takes every answer but success for the end of its session, and shows its form. So it gets none when the session may well
    /// be good: it loses its socket, comes back and asks again.
    /// </summary>
    private async Task<bool> ResumeOrMoveAway(JsonElement payload)
    {
        try
        {
            return await Resume(payload);
        }
        catch
        {
            await Connection.MoveAway();
            throw;
        }
    }

    private async Task<bool> Resume(JsonElement payload)
    {
        if (SessionTicket.Parse(payload.Text("session")) is not { } ticket) return false;
        if (await _grains.Session(ticket.SessionId).Join(_link.Caller, ticket.Secret) is not { } joined) return false;
        await _link.Continue(ticket.SessionId, LoginState.User, joined.Sequence, [], () => Task.CompletedTask);
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
        await Send(ReactAuthServerEvents.Closed);
        await Connection.Close();
    }
}
