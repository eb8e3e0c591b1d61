using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using SocketIo;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>
/// Connection state recovery on the sessions' outboxes, so that a client can come back to any gateway: its <c>pid</c> is the
/// session's secret, and what it missed is in the outbox.
/// </summary>
public sealed class SessionRecovery(LostSessions lost, Limiter limiter) : IRecoveryStore
{
    private static readonly object ProtocolKey = new();

    /// <summary>What the connect handler fetched for clients that are coming back, until the library asks for it.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlyList<EncodedEvent>> _missed = new();

    /// <summary>The protocol that a client spoke which is coming back.</summary>
    public static string ProtocolOf(ClientSocket recovered) => (string)recovered.Items[ProtocolKey]!;

    /// <summary>The ticket that a pid stands for.</summary>
    public static ConnectionTicket TicketOf(string ns, string pid, string socketId)
    {
        // The session's id must be known from the pid on any gateway, and the pid must not be known from the id.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"socket.io {ns} {pid}"));
        return new ConnectionTicket(Base64Url.EncodeToString(hash.AsSpan(0, 16)), pid, socketId);
    }

    /// <summary>Keeps what a client missed until <see cref="MissedAsync"/> is asked for it.</summary>
    public void Keep(string pid, IReadOnlyList<EncodedEvent> missed) => _missed[pid] = missed;

    public ValueTask OpenAsync(RecoverableSocket socket, CancellationToken cancellation)
    {
        SocketIoConnection.Of(socket.Items).Ticket ??= TicketOf(socket.Namespace, socket.Pid, socket.SocketId);
        return default;
    }

    // The session learns of the loss when its connection detaches, and waits from then on.
    public ValueTask LoseAsync(RecoverableSocket socket, CancellationToken cancellation) => default;

    public async ValueTask EndAsync(string ns, string pid, CancellationToken cancellation) =>
        await lost.End(TicketOf(ns, pid, ""));

    public async ValueTask<RecoverableSocket?> FindAsync(
        string ns, string pid, string? offset, Handshake handshake, CancellationToken cancellation) =>
        // Whoever asks too often begins anew.
        (await limiter.Enter(Limit.LookUps, ClientAddress.Of(handshake.RemoteAddress), null, cancellation)).IsGranted
        && await lost.Find(TicketOf(ns, pid, ""), offset) is { } session
            ? new RecoverableSocket(ns, pid, session.Tag, [], new Dictionary<object, object?> { [ProtocolKey] = session.Protocol })
            : null;

    public ValueTask<IReadOnlyList<EncodedEvent>> MissedAsync(
        string ns, string pid, string? offset, CancellationToken cancellation) =>
        ValueTask.FromResult(_missed.TryRemove(pid, out var missed) ? missed : []);
}
