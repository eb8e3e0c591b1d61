using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace SocketIo.EngineIo;

public sealed partial class EngineConnection
{
    private static readonly TimeSpan LongestLinger = TimeSpan.FromMilliseconds(500);

    private HttpContext? _context;
    private Stream? _stream;

    /// <summary>Serves a WebSocket: one that begins the session, or one that takes over from polling.</summary>
    /// <remarks>One method for all the time that a connection is idle: what it awaits is what an idle connection costs.</remarks>
    internal async Task ServeWebSocketAsync(HttpContext context, bool isUpgrade)
    {
        Stream stream;
        try
        {
            stream = await WebSocketHandshake.AcceptAsync(context);
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            if (!isUpgrade) await LeaveWebSocketAsync();
            return;
        }

        using var decoder = new WebSocketDecoder(_server.Options.MaxPayload);
        var held = 0;
        if (!(isUpgrade ? await ProbeAsync(decoder, stream, context) : await OpenWebSocketAsync(stream, context))) return;
        try
        {
            while (true)
            {
                if (!await ReceiveAllAsync(decoder)) return;
                CountHeld(ref held, decoder.Held);
                if (held > 0) await RoomAsync();
                // Without a buffer until there is something to put into it.
                if (decoder.IsEmpty) _ = await stream.ReadAsync(Memory<byte>.Empty);
                var count = await stream.ReadAsync(decoder.GetMemory());
                if (count == 0) return;
                decoder.Advance(count);
                CountHeld(ref held, decoder.Held);
            }
        }
        catch (EngineProtocolException e)
        {
            Violate(e);
            await LingerAsync(stream);
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            // As if the client had closed it.
        }
        finally
        {
            CountHeld(ref held, 0);
            await LeaveWebSocketAsync();
        }
    }

    private void CountHeld(ref int held, int now)
    {
        if (held == now) return;
        Hold(now - held);
        held = now;
    }

    private async ValueTask<bool> OpenWebSocketAsync(Stream stream, HttpContext context)
    {
        lock (_gate)
        {
            _context = context;
            _stream = stream;
            if (_form == WireForm.Plain) Wake(); // a heartbeat may have been due while the handshake was under way
            else Enqueue(new EnginePacket(PacketType.Open, OpenPacket(), isJson: true));
        }

        await OpenAsync();
        return true;
    }

    /// <summary>Takes in what has come as a whole; false once the client has closed.</summary>
    private async ValueTask<bool> ReceiveAllAsync(WebSocketDecoder decoder)
    {
        while (decoder.TryRead(out var message))
        {
            await ReceiveWebSocketAsync(message);
            if (message.Opcode == WebSocketOpcode.Close) return false;
        }

        return true;
    }

    // A packet that breaks a rule ends the session, but the frames go on until the client has closed its side too.
    private async ValueTask ReceiveWebSocketAsync(WebSocketMessage message)
    {
        try
        {
            switch (message.Opcode)
            {
                case WebSocketOpcode.Close:
                    Fail(DisconnectReason.TransportClose, message.Data.IsEmpty ? WebSocketCloseCode.None : WebSocketCloseCode.Normal);
                    break;
                case WebSocketOpcode.Ping:
                    Send(EnginePacket.WebSocketPong(message.Data.Span));
                    break;
                case WebSocketOpcode.Pong:
                    if (_form == WireForm.Plain) OnPong();
                    break;
                default:
                    if (_form == WireForm.Plain)
                    {
                        if (IsOpen) await HandleAsync(new(message.Data, message.Opcode == WebSocketOpcode.Binary));
                        break;
                    }

                    var packet = message.Opcode == WebSocketOpcode.Text
                        ? Packet.FromText(message.Data, _form)
                        : Packet.FromBinary(message.Data, _form);
                    if (packet.Type == PacketType.Close) Fail(DisconnectReason.TransportClose, WebSocketCloseCode.Normal);
                    else await ReceiveAsync(packet);
                    break;
            }
        }
        catch (EngineProtocolException e)
        {
            Violate(e);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_server.Logger, Handshake.ConnectionId, e);
            Fail(DisconnectReason.ServerError, WebSocketCloseCode.InternalError);
        }
    }

    private void Violate(EngineProtocolException violation)
    {
        Log.Violation(_server.Logger, Handshake.ConnectionId, violation.Message);
        Fail(violation.Reason, violation.CloseCode, violation.Message);
    }

    // Closing a socket that has unread bytes resets it, and the client would not see why it was closed.
    private static async Task LingerAsync(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        using var limit = new CancellationTokenSource(LongestLinger);
        try
        {
            while (await stream.ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            // It is over either way.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task LeaveWebSocketAsync()
    {
        Task drained;
        lock (_gate)
        {
            FailInside(DisconnectReason.TransportClose, WebSocketCloseCode.None, "");
            drained = _isDraining ? (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }

        await drained; // the clock aborts a write that takes too long
        lock (_gate)
        {
            _stream = null;
            _context = null;
            Finish();
        }
    }

    private void LoseWebSocket()
    {
        lock (_gate)
        {
            _isDraining = false;
            _stream = null;
            _closeFrame = null;
            FailInside(DisconnectReason.TransportClose, WebSocketCloseCode.None, "");
            _drained?.TrySetResult();
            Abort();
        }
    }

    private void Abort() => _context?.Abort();
}
