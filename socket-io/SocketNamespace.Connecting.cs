using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SocketIo.EngineIo;

namespace SocketIo;

public sealed partial class SocketNamespace
{
    private static readonly TimeSpan LongestTakeover = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ClientSocket> _byPid = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Lets a client in, or tells it why not.</summary>
    internal async ValueTask AdmitAsync(ClientConnection client, JsonElement auth)
    {
        var store = client.Engine.Revision == 4 && auth.Field("recovery").ValueKind != JsonValueKind.False ? Server.Recovery : null;
        var cancellation = store is null ? CancellationToken.None : client.Engine.Closed;
        var (lost, offset) = store is null ? default : await FindLostAsync(store, auth, client.Engine.Handshake, cancellation);
        var socket = new ClientSocket(client, this, lost, isRecoverable: store is not null);
        try
        {
            var result = await AskAsync(socket, lost, auth);
            if (result == ConnectResult.Anew && lost is not null)
            {
                socket.Detach(DisconnectReason.ServerDisconnect);
                (lost, socket) = (null, new ClientSocket(client, this, lost: null, isRecoverable: true, socket.Items));
                result = await AskAsync(socket, lost, auth);
            }

            if (!result.IsAccepted)
            {
                Refuse(socket, result.Message, result.Payload);
                return;
            }

            var missed = lost is null ? [] : await store!.MissedAsync(Name, lost.Pid, offset, cancellation);
            if (store is not null)
            {
                await store.OpenAsync(socket.ToRecoverable(), cancellation);
                _byPid[socket.Pid!] = socket;
            }

            client.Add(socket);
            await socket.OpenAsync(result.Payload, missed);
            Interlocked.Increment(ref _count);
        }
        catch (OperationCanceledException) when (!client.Engine.IsOpen)
        {
            socket.Detach(DisconnectReason.TransportClose); // nobody is there to be let in
        }
        catch (Exception e)
        {
            Log.HandlerFailed(Server.Logger, client.Engine.Handshake.ConnectionId, e);
            Refuse(socket, "Internal server error", data: null);
        }

        if (_onConnected is not null && socket.IsConnected) await _onConnected(socket, auth);
    }

    private async ValueTask<ConnectResult> AskAsync(ClientSocket socket, RecoverableSocket? lost, JsonElement auth)
    {
        Everyone.TryAdd(socket);
        socket.Client.Begin(socket);
        foreach (var room in lost?.Rooms ?? []) socket.Join(room);
        return _onConnect is null ? ConnectResult.Accepted : await _onConnect(socket, auth);
    }

    internal ValueTask HandleAsync(SocketEvent received, ClientSocket socket) =>
        _handlers.TryGetValue(received.Name, out var handler) || (handler = _onAny) is not null ? handler(socket, received) : default;

    /// <summary>A socket that had entered is gone for good.</summary>
    internal async ValueTask DisconnectedAsync(ClientSocket socket, DisconnectReason reason)
    {
        Interlocked.Decrement(ref _count);
        if (socket.Pid is { } pid)
        {
            try
            {
                var state = socket.ToRecoverable();
                if (CanComeBack(reason)) await Server.Recovery!.LoseAsync(state, CancellationToken.None);
                else await Server.Recovery!.EndAsync(Name, pid, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The program must hear of the end all the same.
                LogRecoveryFailed(Server.Logger, e);
            }
            finally
            {
                _byPid.TryRemove(new(pid, socket));
            }
        }

        if (_onDisconnect is not null) await _onDisconnect(socket, reason);
    }

    private static bool CanComeBack(DisconnectReason reason) => reason is
        DisconnectReason.TransportClose or DisconnectReason.TransportError or DisconnectReason.PingTimeout
        or DisconnectReason.SlowConsumer or DisconnectReason.Overload or DisconnectReason.Replaced or DisconnectReason.ServerShutdown;

    private static void Refuse(ClientSocket socket, string message, object? data)
    {
        socket.Detach(DisconnectReason.ServerDisconnect);
        socket.Client.Engine.Send(ConnectPackets.Refusal(socket.Revision, socket.Namespace.Name, message, data, socket.Json));
    }

    private async ValueTask<(RecoverableSocket? Lost, string? Offset)> FindLostAsync(
        IRecoveryStore store, JsonElement auth, Handshake handshake, CancellationToken cancellation)
    {
        if (TextOf(auth, "pid") is not { } pid) return default;
        var offset = TextOf(auth, "offset");
        try
        {
            // A client that changes networks is back before its loss is noticed.
            if (_byPid.TryGetValue(pid, out var former))
            {
                former.Client.Engine.Fail(DisconnectReason.Replaced);
                await former.Ended.WaitAsync(LongestTakeover, Server.Engine.Time, cancellation);
            }

            return (await store.FindAsync(Name, pid, offset, handshake, cancellation), offset);
        }
        catch (Exception e)
        {
            if (!cancellation.IsCancellationRequested) LogRecoveryFailed(Server.Logger, e);
            return default;
        }
    }

    [LoggerMessage(6, LogLevel.Error, "The recovery store failed")]
    private static partial void LogRecoveryFailed(ILogger logger, Exception exception);

    private static string? TextOf(JsonElement auth, string name) =>
        auth.Field(name) is { ValueKind: JsonValueKind.String } value ? value.Text() : null;
}
