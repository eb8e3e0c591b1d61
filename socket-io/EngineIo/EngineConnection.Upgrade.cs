using System.Text;
using Microsoft.AspNetCore.Http;

namespace SocketIo.EngineIo;

public sealed partial class EngineConnection
{
    private static readonly byte[] UpgradeRefusal =
        WebSocketFrame.Close(WebSocketCloseCode.PolicyViolation, "the session cannot be upgraded");

    private bool _hasProbe;
    private bool _isProbed;

    /// <summary>
    /// Lets a WebSocket take over this polling session: <c>2probe</c>, <c>3probe</c>; the client lets its poll end, with a noop if there is
    /// nothing else; then <c>5</c>. Small devices say <c>5</c> without a probe. Clients expect a WebSocket that closes rather than a failed
    /// handshake if it cannot.
    /// </summary>
    private async ValueTask<bool> ProbeAsync(WebSocketDecoder decoder, Stream stream, HttpContext context)
    {
        var isAdmitted = TryBeginProbe();
        if (isAdmitted)
        {
            using var limit = new CancellationTokenSource(_server.Options.UpgradeTimeout, _server.Time);
            try
            {
                var text = await ReadTextAsync(decoder, stream, limit.Token);
                while (text == "2probe")
                {
                    await stream.WriteAsync(EnginePacket.ProbePong.Frame, limit.Token);
                    EndPollsWithNoop();
                    text = await ReadTextAsync(decoder, stream, limit.Token);
                }

                if (text == "5" && TryTakeOver(stream, context)) return true;
            }
            catch (Exception e) when (e is EngineProtocolException || IsLostConnection(e))
            {
                // The session stays as it was.
            }

            Log.Violation(_server.Logger, Handshake.ConnectionId, "a probe without an upgrade");
            lock (_gate) _hasProbe = _isProbed = false;
        }

        try
        {
            await stream.WriteAsync(UpgradeRefusal);
            await LingerAsync(stream);
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            // Nobody is there to be refused.
        }

        return false;
    }

    private bool TryBeginProbe()
    {
        lock (_gate)
        {
            if (_state != State.Open || _transport != EngineTransports.Polling || _hasProbe) return false;
            return _hasProbe = _server.Options.AllowUpgrades;
        }
    }

    private void EndPollsWithNoop()
    {
        lock (_gate)
        {
            _isProbed = true;
            Wake();
        }
    }

    private bool TryTakeOver(Stream stream, HttpContext context)
    {
        lock (_gate)
        {
            if (_state == State.Closed) return false;
            Wake(); // a poll that is still open
            _transport = EngineTransports.WebSocket;
            _context = context;
            _stream = stream;
            Wake(); // what was queued meanwhile goes the new way
            return true;
        }
    }

    /// <summary>The next message; null if it is no text, or the client has gone.</summary>
    private static async ValueTask<string?> ReadTextAsync(WebSocketDecoder decoder, Stream stream, CancellationToken cancellation)
    {
        WebSocketMessage message;
        while (!decoder.TryRead(out message))
        {
            var count = await stream.ReadAsync(decoder.GetMemory(), cancellation);
            if (count == 0) return null;
            decoder.Advance(count);
        }

        return message.Opcode == WebSocketOpcode.Text ? Encoding.UTF8.GetString(message.Data.Span) : null;
    }
}
