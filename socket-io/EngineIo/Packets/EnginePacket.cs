using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace SocketIo.EngineIo;

/// <summary>
/// A message encoded once, for any number of connections. Immutable. Text is kept as the whole WebSocket frame, which is the same
/// in both revisions, and whose tail is what polling sends; binary is kept bare, because each form wraps it differently.
/// </summary>
public sealed class EnginePacket
{
    internal static readonly EnginePacket Ping = Control(PacketType.Ping);
    internal static readonly EnginePacket Pong = Control(PacketType.Pong);
    internal static readonly EnginePacket ProbePong = new(PacketType.Pong, "probe"u8, isJson: false);
    internal static readonly EnginePacket Noop = Control(PacketType.Noop);
    internal static readonly EnginePacket Close = Control(PacketType.Close);

    internal static readonly EnginePacket WebSocketPing = new(WebSocketFrame.Control(WebSocketOpcode.Ping, default), isBinary: false);

    private static readonly byte[] TypeByte = [(byte)PacketType.Message - (byte)'0'];

    private readonly byte[] _bytes;
    private readonly int _start;

    internal EnginePacket(PacketType type, ReadOnlySpan<byte> body, bool isJson) : this(type, default, body, isJson)
    {
    }

    internal EnginePacket(PacketType type, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body, bool isJson)
    {
        var size = 1 + prefix.Length + body.Length;
        var header = WebSocketFrame.HeaderSize(size);
        _bytes = GC.AllocateUninitializedArray<byte>(header + size);
        WebSocketFrame.WriteHeader(_bytes, WebSocketOpcode.Text, size);
        _bytes[header] = (byte)type;
        prefix.CopyTo(_bytes.AsSpan(header + 1));
        body.CopyTo(_bytes.AsSpan(header + 1 + prefix.Length));
        _start = header;
        IsControl = type != PacketType.Message;
        IsJson = isJson;
    }

    private EnginePacket(byte[] bytes, bool isBinary)
    {
        _bytes = bytes;
        IsBinary = isBinary;
        IsControl = !isBinary;
    }

    private EnginePacket(EnginePacket[] parts) : this(new byte[parts.Sum(part => part.Size)], isBinary: false)
    {
        Parts = parts;
        IsControl = false;
        var written = 0;
        foreach (var part in parts)
        {
            part._bytes.CopyTo(_bytes, written);
            written += part.Size;
        }
    }

    /// <summary>Whether the message is binary.</summary>
    public bool IsBinary { get; }

    /// <summary>The number of bytes that the message counts for in a send queue.</summary>
    public int Size => _bytes.Length;

    /// <summary>Of several messages in one: those; otherwise null.</summary>
    internal EnginePacket[]? Parts { get; }

    /// <summary>How many messages it is.</summary>
    internal int Messages => Parts?.Length ?? 1;

    /// <summary>Whether the protocol breaks without it.</summary>
    internal bool IsControl { get; init; }

    /// <summary>Whether characters beyond ASCII may be written as JSON escapes.</summary>
    internal bool IsJson { get; }

    /// <summary>The packet as text: its type and what follows.</summary>
    internal ReadOnlySpan<byte> Text => _bytes.AsSpan(_start);

    internal ReadOnlySpan<byte> Binary => _bytes;

    /// <summary>The whole frame, if this is what the connection's WebSocket sends; otherwise empty.</summary>
    internal ReadOnlyMemory<byte> Frame => IsBinary ? default : _bytes;

    /// <summary>A text message.</summary>
    public static EnginePacket FromText(string text) => new(PacketType.Message, Encoding.UTF8.GetBytes(text), isJson: false);

    /// <summary>A text message that is UTF-8 already; the bytes are copied, not checked.</summary>
    public static EnginePacket FromUtf8(ReadOnlySpan<byte> text) => new(PacketType.Message, text, isJson: false);

    /// <summary>A text message for a plain WebSocket, which has no packet types; the bytes are copied, not checked.</summary>
    public static EnginePacket FromPlainUtf8(ReadOnlySpan<byte> text)
    {
        var header = WebSocketFrame.HeaderSize(text.Length);
        var frame = GC.AllocateUninitializedArray<byte>(header + text.Length);
        WebSocketFrame.WriteHeader(frame, WebSocketOpcode.Text, text.Length);
        text.CopyTo(frame.AsSpan(header));
        return new(frame, isBinary: false) { IsControl = false };
    }

    /// <summary>A binary message; the bytes are copied.</summary>
    public static EnginePacket FromBinary(ReadOnlySpan<byte> data) => new(data.ToArray(), isBinary: true);

    /// <summary>
    /// Text messages as one, so that a connection queues and copies them at the price of one: their frames follow one another.
    /// </summary>
    internal static EnginePacket Join(EnginePacket[] texts) => texts.Length == 1 ? texts[0] : new(texts);

    /// <summary>The messages one by one, for a transport that has no frames.</summary>
    internal static ReadOnlySpan<EnginePacket> Separate(ReadOnlySpan<EnginePacket> packets)
    {
        foreach (var packet in packets)
        {
            if (packet.Parts is not null) return packets.ToArray().SelectMany(one => one.Parts ?? [one]).ToArray();
        }
        return packets;
    }

    /// <summary>The answer to a ping of WebSocket itself; it makes no sense over polling.</summary>
    internal static EnginePacket WebSocketPong(ReadOnlySpan<byte> data) =>
        new(WebSocketFrame.Control(WebSocketOpcode.Pong, data), isBinary: false);

    internal int WebSocketSize(WireForm form)
    {
        if (!IsBinary) return _bytes.Length;
        var payload = BinaryPayloadSize(form);
        return WebSocketFrame.HeaderSize(payload) + payload;
    }

    /// <summary>Writes the packet as one WebSocket frame and returns its size.</summary>
    internal int WriteWebSocket(Span<byte> target, WireForm form)
    {
        if (!IsBinary)
        {
            _bytes.CopyTo(target);
            return _bytes.Length;
        }

        var payload = BinaryPayloadSize(form);
        var opcode = form == WireForm.Revision3Base64 ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
        var header = WebSocketFrame.WriteHeader(target, opcode, payload);
        var body = target[header..];
        switch (form)
        {
            case WireForm.Revision4 or WireForm.Plain:
                _bytes.CopyTo(body);
                break;
            case WireForm.Revision3:
                TypeByte.CopyTo(body);
                _bytes.CopyTo(body[1..]);
                break;
            default:
                "b4"u8.CopyTo(body);
                Base64.EncodeToUtf8(_bytes, body[2..], out _, out _);
                break;
        }

        return header + payload;
    }

    private static EnginePacket Control(PacketType type) => new(type, default, isJson: false);

    private int BinaryPayloadSize(WireForm form) => form switch
    {
        WireForm.Revision4 or WireForm.Plain => _bytes.Length,
        WireForm.Revision3 => _bytes.Length + 1,
        _ => Base64.GetMaxEncodedToUtf8Length(_bytes.Length) + 2,
    };
}
