using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>An event from a client.</summary>
public sealed class SocketEvent
{
    private readonly ClientSocket _socket;
    private readonly long? _id;
    private int _isAcknowledged;

    internal SocketEvent(ClientSocket socket, string name, SocketArguments arguments, long? id)
    {
        _socket = socket;
        _id = id;
        Name = name;
        Arguments = arguments;
    }

    /// <summary>The event's name.</summary>
    public string Name { get; }

    /// <summary>What came with it.</summary>
    public SocketArguments Arguments { get; }

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool WantsAck => _id is not null;

    /// <summary>The number by which the client knows the acknowledgement; null if it wants none.</summary>
    public long? AckId => _id;

    /// <summary>Acknowledges the event, now or later. Without effect if the client does not want it, or has it already.</summary>
    public void Ack(params ReadOnlySpan<object?> arguments)
    {
        if (MayAcknowledge()) Send(PacketWriter.Encode(SocketPacketType.Ack, _socket.Namespace.Name, _id, null, arguments, null, _socket.Json));
    }

    /// <summary>Acknowledges the event with arguments that came from a client.</summary>
    public void Ack(SocketArguments arguments)
    {
        if (MayAcknowledge()) Send(PacketWriter.Encode(SocketPacketType.Ack, _socket.Namespace.Name, _id, null, arguments, null));
    }

    private bool MayAcknowledge() => _id is not null && Interlocked.Exchange(ref _isAcknowledged, 1) == 0;

    private void Send(EnginePacket[] packets) => _socket.SendPackets(packets);
}
