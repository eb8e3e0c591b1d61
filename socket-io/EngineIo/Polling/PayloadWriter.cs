using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace SocketIo.EngineIo;

/// <summary>Writes packets as the body of a poll's response.</summary>
internal static class PayloadWriter
{
    public const byte Separator = 0x1e;
    public const byte LengthEnd = 0xff;

    /// <summary>Writes the packets and tells whether the body is binary.</summary>
    public static bool Write(PooledBuffer target, ReadOnlySpan<EnginePacket> packets, WireForm form)
    {
        packets = EnginePacket.Separate(packets);
        if (form == WireForm.Revision4)
        {
            foreach (var packet in packets)
            {
                if (target.Length > 0) target.Append(Separator);
                WriteRevision4(target, packet);
            }

            return false;
        }

        var isBinary = form == WireForm.Revision3 && ContainsBinary(packets);
        foreach (var packet in packets)
        {
            if (isBinary) WriteRevision3Binary(target, packet);
            else WriteRevision3Text(target, packet);
        }

        return isBinary;
    }

    private static void WriteRevision4(PooledBuffer target, EnginePacket packet)
    {
        if (packet.IsBinary)
        {
            target.Append((byte)'b');
            WriteBase64(target, packet.Binary);
        }
        else
        {
            target.Write(packet.Text);
        }
    }

    // <length in UTF-16 code units>:<packet>
    private static void WriteRevision3Text(PooledBuffer target, EnginePacket packet)
    {
        if (packet.IsBinary)
        {
            WriteNumber(target, Base64.GetMaxEncodedToUtf8Length(packet.Binary.Length) + 2);
            target.Write(":b4"u8);
            WriteBase64(target, packet.Binary);
            return;
        }

        // Clients of 1.x expect text beyond ASCII to be encoded as UTF-8 twice, those of 2.x once, and they look the same. Where the
        // packet is JSON, escapes say the same to both.
        if (packet.IsJson && !Ascii.IsValid(packet.Text))
        {
            using var escaped = new PooledBuffer(packet.Text.Length * 2);
            WriteEscaped(escaped, packet.Text);
            WriteNumber(target, escaped.Length);
            target.Append((byte)':');
            target.Write(escaped.Written.Span);
            return;
        }

        WriteNumber(target, Encoding.UTF8.GetCharCount(packet.Text));
        target.Append((byte)':');
        target.Write(packet.Text);
    }

    // <0: text, 1: binary><length in bytes, a byte for each decimal digit><255><packet>
    private static void WriteRevision3Binary(PooledBuffer target, EnginePacket packet)
    {
        target.Append(packet.IsBinary ? (byte)1 : (byte)0);
        var digits = target.GetSpan(16);
        Utf8Formatter.TryFormat(packet.IsBinary ? packet.Binary.Length + 1 : packet.Text.Length, digits, out var count);
        for (var i = 0; i < count; i++) digits[i] -= (byte)'0';
        target.Advance(count);
        target.Append(LengthEnd);
        if (packet.IsBinary) target.Append((byte)PacketType.Message - (byte)'0');
        target.Write(packet.IsBinary ? packet.Binary : packet.Text);
    }

    private static void WriteEscaped(PooledBuffer target, ReadOnlySpan<byte> text)
    {
        Span<char> units = stackalloc char[2];
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
            if (plain < 0) plain = text.Length;
            target.Write(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty) return;

            Rune.DecodeFromUtf8(text, out var rune, out var used);
            text = text[used..];
            foreach (var unit in units[..rune.EncodeToUtf16(units)])
            {
                target.Write("\\u"u8);
                Utf8Formatter.TryFormat(unit, target.GetSpan(4), out var written, new StandardFormat('x', 4));
                target.Advance(written);
            }
        }
    }

    private static void WriteNumber(PooledBuffer target, int value)
    {
        Utf8Formatter.TryFormat(value, target.GetSpan(16), out var written);
        target.Advance(written);
    }

    private static void WriteBase64(PooledBuffer target, ReadOnlySpan<byte> data)
    {
        Base64.EncodeToUtf8(data, target.GetSpan(Base64.GetMaxEncodedToUtf8Length(data.Length)), out _, out var written);
        target.Advance(written);
    }

    private static bool ContainsBinary(ReadOnlySpan<EnginePacket> packets)
    {
        foreach (var packet in packets)
        {
            if (packet.IsBinary) return true;
        }

        return false;
    }
}
