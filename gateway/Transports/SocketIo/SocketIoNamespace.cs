using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using SocketIo;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>Lets protocols be spoken in a namespace.</summary>
public static class SocketIoNamespace
{
    /// <summary>Each socket of the namespace gets a protocol of its own, which hears its events in order.</summary>
    public static void Speak(this SocketNamespace ns, IReadOnlyList<SpokenProtocol> protocols, SessionRecovery recovery)
    {
        ns.OnConnect(async (socket, auth) =>
        {
            var connection = SocketIoConnection.Open(socket, protocols);
            if (socket.Recovered)
            {
                var (pid, offset) = (auth.Text("pid")!, auth.Text("offset"));
                connection.Ticket = SessionRecovery.TicketOf(ns.Name, pid, socket.Id);
                connection.Protocol.Choose(SessionRecovery.ProtocolOf(socket));
                if (await connection.Protocol.Resume(offset) is not { } missed) return ConnectResult.Refuse("Try again");
                connection.ContinueFrom(missed is [.., var last] ? last.Offset : offset);
                recovery.Keep(pid, [.. missed.Select(named => SocketIoConnection.Encode(ns.Name, named))]);
            }
            GatewayMeters.ConnectionOpened("socket.io");
            return ConnectResult.Accepted;
        });
        ns.OnConnected(async (socket, auth) =>
        {
            // Whoever has come back is who it was.
            if (socket.Recovered || auth.Field("token") is not { ValueKind: not JsonValueKind.Undefined } token) return;
            await SocketIoConnection.Of(socket.Items).Protocol.LogIn(token, mayResume: false);
        });
        ns.OnAny(async (socket, received) => await SocketIoConnection.Of(socket.Items).Receive(received));
        ns.OnDisconnect(async (socket, reason) =>
        {
            GatewayMeters.ConnectionClosed("socket.io");
            if (reason == DisconnectReason.SlowConsumer) GatewayMeters.SlowConsumerDropped("socket.io");
            await SocketIoConnection.Of(socket.Items).Protocol.Closed();
        });
    }
}
