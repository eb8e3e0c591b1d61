using System.Buffers;

namespace SocketIo.EngineIo;

public sealed partial class EngineConnection : IThreadPoolWorkItem
{
    private const int WriteSize = 64 * 1024;

    // What is as long as this is not worth copying together with others.
    private const int WriteAlone = 4 * 1024;

    private EngineTransports _transport;
    private SendQueue _queue;
    private int _queuedBytes;
    private int _queuedCount;
    private bool _isDraining;
    private byte[]? _closeFrame;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource<bool>? _taken;

    /// <summary>Sends text.</summary>
    /// <inheritdoc cref="Send(EnginePacket)"/>
    public bool Send(string text) => Send(EnginePacket.FromText(text));

    /// <summary>Sends binary.</summary>
    /// <inheritdoc cref="Send(EnginePacket)"/>
    public bool Send(ReadOnlySpan<byte> data) => Send(EnginePacket.FromBinary(data));

    /// <summary>Puts a message into the send queue.</summary>
    /// <returns>False if it was not: the connection has ended, or ends because the queue is full, or the message was dropped.</returns>
    public bool Send(EnginePacket packet)
    {
        lock (_gate) return Enqueue(packet);
    }

    /// <summary>Puts messages into the send queue: all, next to one another, or none.</summary>
    /// <inheritdoc cref="Send(EnginePacket)"/>
    public bool Send(params ReadOnlySpan<EnginePacket> packets)
    {
        var (count, size) = (0, 0);
        foreach (var packet in packets)
        {
            count += packet.Messages;
            size += packet.Size;
        }
        lock (_gate)
        {
            if (!HasRoom(count, size, isControl: false)) return false;
            foreach (var packet in packets) Append(ref _queue, packet);
            Wake();
            return true;
        }
    }

    /// <summary>
    /// Waits until the client has taken so much that at most a quarter of what may wait for it does: whoever has much to send sends it
    /// in pieces, and this before each.
    /// </summary>
    /// <returns>False if the connection has ended.</returns>
    public Task<bool> TakenAsync()
    {
        lock (_gate)
        {
            if (_state != State.Open) return Task.FromResult(false);
            if (IsNearlyTaken) return Task.FromResult(true);
            _taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _taken.Task;
        }
    }

    private bool IsNearlyTaken =>
        _queuedBytes <= _server.Options.MaxQueuedBytes / 4 && _queuedCount <= _server.Options.MaxQueuedMessages / 4;

    // One of the pool's threads writes what is in the queue.
    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private bool Enqueue(EnginePacket packet)
    {
        if (!HasRoom(packet.Messages, packet.Size, packet.IsControl)) return false;
        Append(ref _queue, packet);
        Wake();
        return true;
    }

    private bool HasRoom(int count, int size, bool isControl)
    {
        if (_state != State.Open) return false;
        var options = _server.Options;
        if (_queuedCount == 0) return true;
        if (_queuedCount + count <= options.MaxQueuedMessages && _queuedBytes + (long)size <= options.MaxQueuedBytes) return true;
        if (options.SlowConsumerPolicy == SlowConsumerPolicy.DropNewest && !isControl) return false;
        FailInside(DisconnectReason.SlowConsumer, WebSocketCloseCode.PolicyViolation, "slow consumer");
        return false;
    }

    private void Append(ref SendQueue queue, EnginePacket packet)
    {
        queue.Add(packet);
        _queuedCount += packet.Messages;
        _queuedBytes += packet.Size;
    }

    private void DiscardQueue()
    {
        using var batch = _queue.TakeAll();
        Count(batch);
    }

    // Whatever changed, the transport looks at it. The caller holds the lock.
    private void Wake()
    {
        if (_transport == EngineTransports.Polling)
        {
            _poll?.TrySetResult();
        }
        else if (_stream is not null && !_isDraining && (!_queue.IsEmpty || _closeFrame is not null))
        {
            _isDraining = true;
            // Not at once: the packets of the same burst then leave in the same write.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task DrainAsync()
    {
        var stream = _stream!;
        try
        {
            while (TryTake(out var batch, out var closeFrame))
            {
                using (batch)
                {
                    await WriteAsync(stream, batch);
                    if (closeFrame is not null) await stream.WriteAsync(closeFrame);
                    lock (_gate) Count(batch);
                }
            }
        }
        catch (Exception e) when (IsLostConnection(e))
        {
            LoseWebSocket();
        }
        catch (Exception e)
        {
            // Only a mistake of this library comes here; without an end the connection would hang.
            Log.Failed(_server.Logger, Handshake.ConnectionId, e);
            LoseWebSocket();
        }
    }

    private bool TryTake(out SendQueue.Batch batch, out byte[]? closeFrame)
    {
        lock (_gate)
        {
            closeFrame = _closeFrame;
            _closeFrame = null;
            batch = _queue.TakeAll();
            if (batch.Count > 0 || closeFrame is not null) return true;
            _isDraining = false;
            _drained?.TrySetResult();
            return false;
        }
    }

    private async ValueTask WriteAsync(Stream stream, SendQueue.Batch batch)
    {
        if (batch.Count == 1 && batch[0].Frame is { IsEmpty: false } frame)
        {
            await stream.WriteAsync(frame);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(WriteSize);
        try
        {
            var length = 0;
            for (var i = 0; i < batch.Count; i++)
            {
                var packet = batch[i];
                var size = packet.WebSocketSize(_form);
                if (size >= WriteAlone && !packet.Frame.IsEmpty)
                {
                    if (length > 0) await stream.WriteAsync(buffer.AsMemory(0, length));
                    length = 0;
                    await stream.WriteAsync(packet.Frame);
                    continue;
                }

                if (length + size > buffer.Length)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, length));
                    length = 0;
                    if (size > buffer.Length)
                    {
                        ArrayPool<byte>.Shared.Return(buffer);
                        buffer = ArrayPool<byte>.Shared.Rent(size);
                    }
                }

                length += packet.WriteWebSocket(buffer.AsSpan(length), _form);
            }

            if (length > 0) await stream.WriteAsync(buffer.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Count(SendQueue.Batch batch)
    {
        foreach (var packet in batch.Packets)
        {
            _queuedCount -= packet.Messages;
            _queuedBytes -= packet.Size;
        }

        if (_taken is not null && IsNearlyTaken) EndWaiting(isOpen: _state == State.Open);
    }

    private void EndWaiting(bool isOpen)
    {
        _taken?.TrySetResult(isOpen);
        _taken = null;
    }

    private static bool IsLostConnection(Exception e) =>
        e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or Microsoft.AspNetCore.Connections.ConnectionAbortedException;
}
