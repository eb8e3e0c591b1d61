using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace SocketIo.EngineIo;

/// <summary>
/// Frames as RFC 6455 has them. The library speaks WebSocket itself, on the upgraded stream: System.Net.WebSockets writes one frame
/// at a time, and a write costs far more than a frame.
/// </summary>
internal static class WebSocketFrame
{
    public const int MaxHeaderSize = 14;
    public const int MaxControlPayload = 125;

    public static int HeaderSize(int payload) => payload < 126 ? 2 : payload <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the header of an unmasked, final frame and returns its size.</summary>
    public static int WriteHeader(Span<byte> target, WebSocketOpcode opcode, int payload)
    {
        target[0] = (byte)(0x80 | (int)opcode);
        switch (HeaderSize(payload))
        {
            case 2:
                target[1] = (byte)payload;
                return 2;
            case 4:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payload);
                return 10;
        }
    }

    /// <summary>A control frame; a payload that is too long for one is cut.</summary>
    public static byte[] Control(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        payload = payload[..Math.Min(payload.Length, MaxControlPayload)];
        var frame = new byte[2 + payload.Length];
        WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(2));
        return frame;
    }

    public static byte[] Close(WebSocketCloseCode code, string reason)
    {
        if (code == WebSocketCloseCode.None) return Control(WebSocketOpcode.Close, default);
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return Control(WebSocketOpcode.Close, payload);
    }

    /// <summary>Takes the client's mask off, in place.</summary>
    public static void Unmask(Span<byte> data, uint mask)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated && data.Length >= Vector<byte>.Count)
        {
            var wide = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; i <= data.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                var part = data.Slice(i, Vector<byte>.Count);
                (new Vector<byte>(part) ^ wide).CopyTo(part);
            }
        }

        var bytes = MemoryMarshal.AsBytes(new Span<uint>(ref mask));
        for (; i < data.Length; i++) data[i] ^= bytes[i & 3];
    }
}
