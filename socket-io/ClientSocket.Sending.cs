using SocketIo.EngineIo;

namespace SocketIo;

public sealed partial class ClientSocket
{
    private Dictionary<long, TaskCompletionSource<SocketArguments>>? _acks;
    private long _nextAck;

    // What was sent before the client has been let in.
    private List<(EnginePacket[] Packets, string? Offset)>? _held;
    private long _heldBytes;

    // The offsets of what a recovered client has missed and now has. An event can be among them and still be on its way here by
    // another thread; events come in order, so that the first other one ends this.
    private volatile HashSet<string>? _recovered;

    /// <summary>Sends an event.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="arguments">Anything that can be JSON; byte arrays and <see cref="Attachment"/> travel as binary.</param>
    /// <returns>False if it was not queued: the client is gone, or too slow.</returns>
    public bool Emit(string name, params ReadOnlySpan<object?> arguments)
    {
        if (Pid is null) return SendEncoded(EncodedEvent.Create(Namespace.Name, name, arguments, Json));
        var kept = arguments.ToArray();
        return Record(offset => EncodedEvent.Create(Namespace.Name, name, kept, Json, offset));
    }

    /// <summary>Sends an event with arguments that came from a client.</summary>
    /// <inheritdoc cref="Emit(string, ReadOnlySpan{object})"/>
    public bool Emit(string name, SocketArguments arguments) =>
        Pid is null
            ? SendEncoded(EncodedEvent.Create(Namespace.Name, name, arguments))
            : Record(offset => EncodedEvent.Create(Namespace.Name, name, arguments, offset));

    /// <summary>Sends an event that has been encoded before.</summary>
    /// <returns>False if it was not queued: the client is gone, or too slow.</returns>
    /// <exception cref="ArgumentException">It was encoded for another namespace.</exception>
    public bool Send(EncodedEvent encoded)
    {
        Namespace.Check(encoded.Namespace);
        return SendEncoded(encoded);
    }

    /// <summary>Sends events that have been encoded before, next to one another.</summary>
    /// <returns>False if they were not queued: the client is gone, or too slow.</returns>
    /// <exception cref="ArgumentException">They were encoded for another namespace.</exception>
    public bool Send(EncodedEvents encoded)
    {
        Namespace.Check(encoded.Namespace);
        if (_state == State.Open && _recovered is null) return Client.Engine.Send(encoded.PacketsFor(canRecover: Pid is not null));
        var isQueued = true;
        foreach (var one in encoded.Events) isQueued &= SendEncoded(one);
        return isQueued;
    }

    /// <inheritdoc cref="EngineConnection.TakenAsync"/>
    public Task<bool> TakenAsync() => Client.Engine.TakenAsync();

    /// <summary>Sends an event and waits for the client's acknowledgement.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    /// <exception cref="SocketDisconnectedException">The client is gone.</exception>
    /// <exception cref="InvalidOperationException">Too many acknowledgements are outstanding.</exception>
    public Task<SocketArguments> EmitWithAckAsync(
        string name, TimeSpan timeout, CancellationToken cancellation, params ReadOnlySpan<object?> arguments)
    {
        EncodedEvent.Check(name, offset: null);
        var answer = new TaskCompletionSource<SocketArguments>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (Gate)
        {
            if (_state == State.Detached) return Task.FromException<SocketArguments>(new SocketDisconnectedException(Reason));
            _acks ??= [];
            if (_acks.Count >= Namespace.Server.Options.MaxPendingAcks)
                throw new InvalidOperationException("Too many acknowledgements are outstanding.");
            id = _nextAck++;
            _acks[id] = answer;
        }

        try
        {
            SendPackets(PacketWriter.Encode(SocketPacketType.Event, Namespace.Name, id, name, arguments, offset: null, Json));
        }
        catch
        {
            Forget(id);
            throw;
        }

        var wait = WaitAsync(id, answer.Task, timeout, cancellation);
        // A caller who does not care for the answer must not be told of it as an unobserved exception.
        _ = wait.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return wait;
    }

    internal bool SendEncoded(EncodedEvent encoded)
    {
        var packets = encoded.PacketsFor(canRecover: Pid is not null);
        if (_state != State.Open) return Hold(packets.ToArray(), encoded.Offset);
        return IsKnown(encoded.Offset) || Client.Engine.Send(packets);
    }

    internal bool SendPackets(EnginePacket[] packets) =>
        _state == State.Open ? Client.Engine.Send(packets) : Hold(packets, offset: null);

    /// <summary>
    /// Lets the client in: it is told so, then gets what it has missed, as it takes it, then what has been sent meanwhile.
    /// </summary>
    internal async ValueTask OpenAsync(object? payload, IReadOnlyList<EncodedEvent> missed)
    {
        var engine = Client.Engine;
        lock (Gate)
        {
            _wasOpen = true;
            if (_state == State.Detached) return;
            engine.Send(ConnectPackets.Acceptance(Revision, Namespace.Name, Id, Pid, payload, Json));
        }

        foreach (var encoded in missed)
        {
            if (!await engine.TakenAsync()) return;
            engine.Send(encoded.PacketsFor(canRecover: true));
        }

        lock (Gate)
        {
            if (_state == State.Detached) return;
            if (missed.Count > 0) _recovered = [.. missed.Select(encoded => encoded.Offset ?? "")];
            foreach (var (packets, offset) in _held ?? [])
            {
                if (!IsKnown(offset)) engine.Send(packets);
            }

            _held = null;
            _state = State.Open;
        }
    }

    internal void Acknowledged(long id, SocketArguments arguments)
    {
        lock (Gate)
        {
            if (_acks is not null && _acks.Remove(id, out var answer)) answer.TrySetResult(arguments);
        }
    }

    private bool Record(Func<string?, EncodedEvent> encode)
    {
        var audience = new Audience(Id, [], []);
        lock (Namespace.RecordGate) return SendEncoded(Namespace.Server.Recovery!.Record(Namespace.Name, audience, encode));
    }

    private bool IsKnown(string? offset)
    {
        if (_recovered is not { } recovered || offset is null) return false;
        if (recovered.Contains(offset)) return true;
        _recovered = null;
        return false;
    }

    private bool Hold(EnginePacket[] packets, string? offset)
    {
        lock (Gate)
        {
            switch (_state)
            {
                case State.Open:
                    return IsKnown(offset) || Client.Engine.Send(packets);
                case State.Detached:
                    return false;
            }

            _held ??= [];
            var options = Namespace.Server.Options;
            var bytes = packets.Sum(packet => (long)packet.Size);
            if (_held.Count == 0 || (_held.Count < options.MaxQueuedMessages && _heldBytes + bytes <= options.MaxQueuedBytes))
            {
                _held.Add((packets, offset));
                _heldBytes += bytes;
                return true;
            }
        }

        Client.Engine.Fail(DisconnectReason.SlowConsumer);
        return false;
    }

    private async Task<SocketArguments> WaitAsync(
        long id, Task<SocketArguments> answer, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await answer.WaitAsync(timeout, Namespace.Server.Engine.Time, cancellation);
        }
        finally
        {
            Forget(id);
        }
    }

    private void Forget(long id)
    {
        lock (Gate) _acks?.Remove(id);
    }

    // The caller holds the lock.
    private void FailAcks(DisconnectReason reason)
    {
        foreach (var answer in _acks?.Values ?? Enumerable.Empty<TaskCompletionSource<SocketArguments>>())
            answer.TrySetException(new SocketDisconnectedException(reason));
        _acks = null;
    }
}
