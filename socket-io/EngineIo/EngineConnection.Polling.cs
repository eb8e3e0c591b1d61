using Microsoft.AspNetCore.Http;

namespace SocketIo.EngineIo;

public sealed partial class EngineConnection
{
    private bool _hasPoll;
    private TaskCompletionSource? _poll;
    private bool _hasPost;
    private HttpContext? _post;
    private int _bodyHeld;

    // What the last poll ends with: "close", or "noop" if it was the client who closed the session.
    private EnginePacket _lastPacket = EnginePacket.Close;

    /// <summary>Answers the request that begins a polling session.</summary>
    internal async Task ServeHandshakeAsync(HttpContext context)
    {
        lock (_gate)
        {
            _hasPoll = true;
            Enqueue(new EnginePacket(PacketType.Open, OpenPacket(), isJson: true));
        }

        await OpenAsync();
        await AnswerPollAsync(context);
    }

    /// <summary>Answers a poll as soon as there is something to say.</summary>
    internal async Task ServePollAsync(HttpContext context)
    {
        if (!TryBeginPoll(out var ready))
        {
            await EngineError.BadRequest.WriteAsync(context);
            return;
        }

        if (!ready.IsCompleted)
        {
            await using var abort = context.RequestAborted.UnsafeRegister(
                static connection => ((EngineConnection)connection!).Fail(DisconnectReason.TransportError), this);
            await ready;
        }

        await AnswerPollAsync(context);
    }

    /// <summary>Takes in the packets of a polling client.</summary>
    internal async Task ServePostAsync(HttpContext context)
    {
        if (!TryBeginPost(context))
        {
            await EngineError.BadRequest.WriteAsync(context);
            return;
        }

        var error = await TakeInAsync(context);
        lock (_gate)
        {
            _hasPost = false;
            _post = null;
        }

        if (error is not null)
        {
            await error.WriteAsync(context);
            return;
        }

        context.Response.ContentType = "text/html";
        context.Response.ContentLength = 2;
        await context.Response.Body.WriteAsync("ok"u8.ToArray(), context.RequestAborted);
    }

    private bool TryBeginPoll(out Task ready)
    {
        ready = Task.CompletedTask;
        lock (_gate)
        {
            if (_transport != EngineTransports.Polling || _state == State.Closed) return false;
            if (_hasPoll)
            {
                FailInside(DisconnectReason.TransportError, WebSocketCloseCode.None, "");
                return false;
            }

            _hasPoll = true;
            if (_state != State.Open || _isProbed || !_queue.IsEmpty) return true;
            _poll = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ready = _poll.Task;
            return true;
        }
    }

    private async Task AnswerPollAsync(HttpContext context)
    {
        using var batch = EndPoll();
        try
        {
            using var body = new PooledBuffer();
            var isBinary = PayloadWriter.Write(body, batch.Packets, _form);
            // With the charset, because old pages are not always UTF-8 themselves.
            context.Response.ContentType = isBinary ? "application/octet-stream" : "text/plain; charset=UTF-8";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
            if (context.RequestAborted.IsCancellationRequested) Fail(DisconnectReason.TransportError);
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            Fail(DisconnectReason.TransportError); // what it carried is lost, and nobody knows to what point
        }
        finally
        {
            lock (_gate) Count(batch);
        }
    }

    private SendQueue.Batch EndPoll()
    {
        lock (_gate)
        {
            _poll = null;
            _hasPoll = false;
            var isUpgraded = _transport != EngineTransports.Polling;
            if (isUpgraded || _state == State.Closed)
            {
                var single = new SendQueue();
                Append(ref single, isUpgraded ? EnginePacket.Noop : _lastPacket);
                return single.TakeAll();
            }

            if (_state == State.Closing)
            {
                Append(ref _queue, _lastPacket);
                Finish();
            }
            else if (_queue.IsEmpty)
            {
                Append(ref _queue, EnginePacket.Noop);
            }

            return _queue.TakeAll();
        }
    }

    private bool TryBeginPost(HttpContext context)
    {
        lock (_gate)
        {
            if (_transport != EngineTransports.Polling || _state == State.Closed) return false;
            if (_hasPost)
            {
                FailInside(DisconnectReason.TransportError, WebSocketCloseCode.None, "");
                return false;
            }

            _hasPost = true;
            _post = context;
            return true;
        }
    }

    private async Task<EngineError?> TakeInAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        try
        {
            var isBinary = context.Request.ContentType == "application/octet-stream";
            if (isBinary && Revision == 4) throw EngineProtocolException.Parse("a binary payload in revision 4");
            if (!await TryReadBodyAsync(context, body)) return EngineError.BadRequest;
            lock (_gate) _post = null;
            var reader = new PayloadReader(body.Written, _form, isBinary);
            while (reader.TryRead(out var packet))
            {
                if (packet.Type == PacketType.Close)
                {
                    CloseByClient();
                    return null;
                }

                await ReceiveAsync(packet);
            }

            return null;
        }
        catch (EngineProtocolException e)
        {
            lock (_gate) _post = null;
            Violate(e);
            return e.Reason == DisconnectReason.PayloadTooLarge ? EngineError.TooBig : EngineError.BadRequest;
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_server.Logger, Handshake.ConnectionId, e);
            Fail(DisconnectReason.ServerError);
            return EngineError.BadRequest;
        }
        finally
        {
            CountHeld(ref _bodyHeld, 0);
        }
    }

    // The client's poll may come after its close, by another connection; it is answered as if it had come before.
    private void CloseByClient()
    {
        lock (_gate)
        {
            if (_state != State.Open) return;
            _lastPacket = EnginePacket.Noop;
            BeginClose(DisconnectReason.TransportClose, []);
            DiscardQueue();
            Wake();
        }
    }

    private async ValueTask<bool> TryReadBodyAsync(HttpContext context, PooledBuffer body)
    {
        var limit = _server.Options.MaxPayload;
        if (context.Request.ContentLength > limit) throw TooBig();
        try
        {
            while (await context.Request.Body.ReadAsync(body.GetMemory(), context.RequestAborted) is > 0 and var read)
            {
                body.Advance(read);
                CountHeld(ref _bodyHeld, body.Held);
                if (_bodyHeld > 0) await RoomAsync();
                if (body.Length > limit) throw TooBig();
            }

            return true;
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            Fail(DisconnectReason.TransportError);
            return false;
        }
    }

    private static EngineProtocolException TooBig() =>
        new(DisconnectReason.PayloadTooLarge, WebSocketCloseCode.TooBig, "the payload is too big");
}
