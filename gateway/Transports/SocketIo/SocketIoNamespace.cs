using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using SocketIo;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>Lets protocols be spoken in a namespace.</summary>
public static class SocketIoNamespace
{
    /// <summary>What a client is told that could not go on.</summary>
    private static readonly object ToldKey = new();

    /// <summary>Each socket of the namespace gets a protocol of its own, which hears its events in order.</summary>
    public static void Speak(this SocketNamespace ns, IReadOnlyList<SpokenProtocol> protocols, SessionRecovery recovery, OpenConnections open, Limiter limiter)
    {
        ns.OnConnect(async (socket, auth) =>
        {
            var connection = SocketIoConnection.Open(socket, protocols, limiter);
            if ((await connection.Limits.Enter(Limit.Handshakes, null, CancellationToken.None)).RetryAfter is { } wait)
            {
                return ConnectResult.Refuse("Too many connections", new { retryAfter = wait });
            }
            if (socket.Recovered)
            {
                var (pid, offset) = (auth.Text("pid")!, auth.Text("offset"));
                connection.Ticket = SessionRecovery.TicketOf(ns.Name, pid, socket.Id);
                connection.Protocol.Choose(SessionRecovery.ProtocolOf(socket));
                var resumption = await connection.Protocol.Resume(offset);
                if (resumption.Offset is null)
                {
                    // Nobody will come back to the session any more, and it ends with this connection.
                    await recovery.EndAsync(ns.Name, pid, CancellationToken.None);
                    await connection.Protocol.Closed();
                    socket.Items[ToldKey] = resumption.Events;
                    return ConnectResult.Anew;
                }
                connection.ContinueFrom(resumption.Offset);
                recovery.Keep(pid, [.. resumption.Events.Select(named => SocketIoConnection.Encode(ns.Name, named))]);
            }
            GatewayMeters.ConnectionOpened("socket.io");
            open.Add(connection, connection.Protocol);
            return ConnectResult.Accepted;
        });
        ns.OnConnected(async (socket, auth) =>
        {
            var connection = SocketIoConnection.Of(socket.Items);
            // Whoever has come back is who it was.
            if (socket.Recovered) await connection.Protocol.Resumed();
            if (socket.Items.Remove(ToldKey, out var told)) await connection.Send((IReadOnlyList<ServerEvent>)told!);
            if (socket.Recovered || auth.Field("token") is not { ValueKind: not JsonValueKind.Undefined } token) return;
            await connection.Protocol.LogIn(token, mayResume: false);
        });
        ns.OnAny(async (socket, received) => await SocketIoConnection.Of(socket.Items).Receive(received));
        ns.OnDisconnect(async (socket, reason) =>
        {
            GatewayMeters.ConnectionClosed("socket.io");
            if (reason == DisconnectReason.SlowConsumer) GatewayMeters.SlowConsumerDropped("socket.io");
            var connection = SocketIoConnection.Of(socket.Items);
            open.Remove(connection);
            await connection.Protocol.Closed();
        });
    }
}
