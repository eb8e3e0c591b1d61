using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>A packet whose attachments are still coming.</summary>
internal sealed class BinaryAssembler(SocketPacket packet, long deadline, int maxBytes)
{
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private int _bytes;

    public SocketPacket Packet => packet;

    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => _attachments;

    /// <summary>When the last attachment must have come.</summary>
    public long Deadline => deadline;

    /// <summary>Takes the next attachment in; true if it was the last.</summary>
    /// <exception cref="EngineProtocolException">The attachments are too big.</exception>
    public bool Add(ReadOnlySpan<byte> data)
    {
        if (data.Length > maxBytes - _bytes)
            throw new EngineProtocolException(DisconnectReason.PayloadTooLarge, WebSocketCloseCode.TooBig, "the attachments are too big");
        _bytes += data.Length;
        _attachments.Add(data.ToArray());
        return _attachments.Count == packet.Attachments;
    }
}
