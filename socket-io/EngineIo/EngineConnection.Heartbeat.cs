namespace SocketIo.EngineIo;

public sealed partial class EngineConnection
{
    private long _deadline;
    private bool _awaitsPong;

    /// <summary>Does what is due: a heartbeat, or the end.</summary>
    internal void Tick()
    {
        var now = Now;
        if (now >= Volatile.Read(ref _deadline))
        {
            lock (_gate)
            {
                if (now >= _deadline) OnDeadline(now);
            }
        }

        if (_room is not null && _server.Budget.HasRoom(Unhandled))
        {
            lock (_gate) GiveRoom();
        }

        if (_state == State.Open) _server.Handler.OnTick(this, now);
    }

    private void OnDeadline(long now)
    {
        switch (_state)
        {
            case State.Open when Revision != 3 && !_awaitsPong:
                _awaitsPong = true;
                // From when it was due, to be exact; but after a pause of the whole process the client gets its full time.
                _deadline = (now - _deadline > 2 * _server.TickPeriod ? now : _deadline) + _server.PingTimeout;
                Enqueue(_form == WireForm.Plain ? EnginePacket.WebSocketPing : EnginePacket.Ping);
                break;
            case State.Open:
                FailInside(DisconnectReason.PingTimeout, WebSocketCloseCode.PolicyViolation, "ping timeout");
                break;
            case State.Closing:
                _deadline = long.MaxValue;
                Abort();
                if (_transport == EngineTransports.Polling) Finish();
                Wake();
                break;
        }
    }

    /// <summary>Takes in a packet, over either transport.</summary>
    /// <exception cref="EngineProtocolException">It has no place here.</exception>
    private ValueTask ReceiveAsync(in Packet packet)
    {
        if (_state != State.Open) return default;
        switch (packet.Type)
        {
            case PacketType.Message:
                return HandleAsync(new(packet.Data, packet.IsBinary));
            case PacketType.Ping when Revision == 3:
                lock (_gate)
                {
                    _deadline = Now + _server.PingInterval + _server.PingTimeout;
                    Enqueue(EnginePacket.Pong);
                }

                return default;
            case PacketType.Pong when Revision == 4:
                OnPong();
                return default;
            case PacketType.Ping or PacketType.Pong:
                throw new EngineProtocolException(
                    DisconnectReason.TransportError, WebSocketCloseCode.PolicyViolation, "heartbeat in the wrong direction");
            case PacketType.Open:
                throw EngineProtocolException.Parse("an open packet from a client");
            default:
                // Close is the transports' business; the others mean nothing outside an upgrade.
                return default;
        }
    }

    private void OnPong()
    {
        lock (_gate)
        {
            if (_state != State.Open || !_awaitsPong) return;
            _awaitsPong = false;
            _deadline = Now + _server.PingInterval;
        }
    }
}
