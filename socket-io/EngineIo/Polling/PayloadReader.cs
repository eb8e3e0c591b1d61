using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace SocketIo.EngineIo;

/// <summary>
/// Takes the body of a polling request apart, in place. Each <see cref="TryRead"/> gives the next packet, whose data is valid until
/// the body is given back.
/// </summary>
internal struct PayloadReader(Memory<byte> body, WireForm form, bool isBinary)
{
    private const int MaxLengthDigits = 9;

    private Memory<byte> _rest = body;
    private bool _begun;

    /// <summary>Reads the next packet; false at the end.</summary>
    /// <exception cref="EngineProtocolException">The rest is no payload.</exception>
    public bool TryRead(out Packet packet)
    {
        packet = default;
        // A payload without a packet is an error.
        if (_begun && _rest.IsEmpty) return false;
        packet = form == WireForm.Revision4 ? ReadRevision4() : isBinary ? ReadRevision3Binary() : ReadRevision3Text();
        _begun = true;
        return true;
    }

    private Packet ReadRevision4()
    {
        var end = _rest.Span.IndexOf(PayloadWriter.Separator);
        var text = end < 0 ? _rest : _rest[..end];
        if (end >= 0 && end == _rest.Length - 1) throw Malformed("a separator without a packet");
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return Packet.FromText(text, form);
    }

    private Packet ReadRevision3Text()
    {
        var length = ReadLength((byte)':', 0);
        if (length == 0) return new(PacketType.Noop, default, IsBinary: false); // how clients spell "no packets"
        var size = SizeOfUnits(_rest.Span, length);
        var text = _rest[..size];
        _rest = _rest[size..];
        return Packet.FromText(Decode2(text), form);
    }

    private Packet ReadRevision3Binary()
    {
        if (_rest.IsEmpty || _rest.Span[0] > 1) throw Malformed("unknown kind of packet");
        var packetIsBinary = _rest.Span[0] == 1;
        _rest = _rest[1..];
        var length = ReadLength(PayloadWriter.LengthEnd, '0');
        if (length > _rest.Length) throw Malformed("a length that lies");
        var data = _rest[..length];
        _rest = _rest[length..];
        return packetIsBinary ? Packet.FromBinary(data, form) : Packet.FromText(data, form);
    }

    private int ReadLength(byte end, int digitOffset)
    {
        var span = _rest.Span;
        var digits = span[..Math.Min(span.Length, MaxLengthDigits + 1)].IndexOf(end);
        if (digits < 1) throw Malformed("no length");
        var length = 0;
        foreach (var b in span[..digits])
        {
            var digit = b + digitOffset - '0';
            if (digit is < 0 or > 9) throw Malformed("no length");
            length = (length * 10) + digit;
        }

        _rest = _rest[(digits + 1)..];
        return length;
    }

    /// <summary>The number of bytes of UTF-8 that make so many UTF-16 code units: JavaScript counts those.</summary>
    private static int SizeOfUnits(ReadOnlySpan<byte> text, int units)
    {
        if (units <= text.Length && Ascii.IsValid(text[..units])) return units;
        var size = 0;
        while (units > 0)
        {
            if (Rune.DecodeFromUtf8(text[size..], out var rune, out var used) != OperationStatus.Done)
                throw Malformed("a length that lies, or text that is not UTF-8");
            units -= rune.Utf16SequenceLength;
            size += used;
        }

        return units == 0 ? size : throw Malformed("a length that lies");
    }

    /// <summary>
    /// Clients of 1.x encode the text as UTF-8 twice. Such text consists of characters below U+0100 that, taken as bytes, are UTF-8
    /// again; hardly any other text does.
    /// </summary>
    private static Memory<byte> Decode2(Memory<byte> text)
    {
        if (Ascii.IsValid(text.Span)) return text;
        var length = 0;
        var decoded = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            for (var i = 0; i < text.Length;)
            {
                Rune.DecodeFromUtf8(text.Span[i..], out var rune, out var used);
                if (rune.Value > 0xff) return text;
                decoded[length++] = (byte)rune.Value;
                i += used;
            }

            var once = decoded.AsSpan(0, length);
            if (!Utf8.IsValid(once)) return text;
            once.CopyTo(text.Span);
            return text[..length];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private static EngineProtocolException Malformed(string text) => EngineProtocolException.Parse(text);
}
