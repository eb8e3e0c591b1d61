using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;

namespace SocketIo.EngineIo;

/// <summary>A packet from a client: its type and the bytes after it.</summary>
internal readonly record struct Packet(PacketType Type, ReadOnlyMemory<byte> Data, bool IsBinary)
{
    /// <exception cref="EngineProtocolException">It is no packet.</exception>
    public static Packet FromText(Memory<byte> text, WireForm form)
    {
        var span = text.Span;
        if (!Utf8.IsValid(span)) throw EngineProtocolException.Parse("the text is not UTF-8");
        if (span.IsEmpty) throw EngineProtocolException.Parse("an empty packet");
        if (span[0] == 'b') return FromBase64(text[1..], form);
        if (span[0] is < (byte)PacketType.Open or > (byte)PacketType.Noop) throw EngineProtocolException.Parse("unknown packet type");
        return new((PacketType)span[0], text[1..], IsBinary: false);
    }

    /// <exception cref="EngineProtocolException">It is no packet.</exception>
    public static Packet FromBinary(ReadOnlyMemory<byte> data, WireForm form)
    {
        if (form == WireForm.Revision4) return new(PacketType.Message, data, IsBinary: true);
        if (data.IsEmpty || data.Span[0] != PacketType.Message - PacketType.Open)
            throw EngineProtocolException.Parse("a binary packet that is no message");
        return new(PacketType.Message, data[1..], IsBinary: true);
    }

    // Revision 4: b<base64>; revision 3: b4<base64>
    private static Packet FromBase64(Memory<byte> text, WireForm form)
    {
        if (form != WireForm.Revision4)
        {
            if (text.IsEmpty || text.Span[0] != (byte)PacketType.Message)
                throw EngineProtocolException.Parse("a binary packet that is no message");
            text = text[1..];
        }

        if (Base64.DecodeFromUtf8InPlace(text.Span, out var length) != OperationStatus.Done)
            throw EngineProtocolException.Parse("not base64");
        return new(PacketType.Message, text[..length], IsBinary: true);
    }
}
