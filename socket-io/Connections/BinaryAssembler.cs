using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>A packet whose attachments are still coming.</summary>
/// <param name="text">The packet.</param>
/// <param name="count">How many attachments it announces.</param>
/// <param name="deadline">When the last attachment must have come.</param>
/// <param name="maxBytes">Most bytes of all attachments.</param>
internal sealed class BinaryAssembler(byte[] text, int count, long deadline, int maxBytes)
{
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private int _bytes;

    public byte[] Text => text;

    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => _attachments;

    public long Deadline => deadline;

    /// <summary>How many bytes have come.</summary>
    public int Size => text.Length + _bytes;

    /// <summary>Takes the next attachment in; true if it was the last.</summary>
    /// <exception cref="EngineProtocolException">The attachments are too big.</exception>
    public bool Add(ReadOnlySpan<byte> data)
    {
        if (data.Length > maxBytes - _bytes)
            throw new EngineProtocolException(DisconnectReason.PayloadTooLarge, WebSocketCloseCode.TooBig, "the attachments are too big");
        _bytes += data.Length;
        _attachments.Add(data.ToArray());
        return _attachments.Count == count;
    }
}
