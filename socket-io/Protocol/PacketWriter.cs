using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>Encodes packets of Socket.IO; the same bytes serve protocols 3 to 5.</summary>
internal static class PacketWriter
{
    private static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = SocketJson.Default.Encoder, SkipValidation = true };

    /// <summary>To be used again; nobody has it who encodes while something is encoded.</summary>
    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>An event or acknowledgement: the packet and, after it, its attachments.</summary>
    public static EnginePacket[] Encode(
        SocketPacketType type, string ns, long? id, string? name, ReadOnlySpan<object?> arguments, string? offset,
        JsonSerializerOptions options)
    {
        using var json = new PooledBuffer(512);
        var outer = Attachment.Written;
        var attachments = Attachment.Written = [];
        try
        {
            var writer = TakeWriter(json);
            writer.WriteStartArray();
            if (name is not null) writer.WriteStringValue(name);
            foreach (var argument in arguments) WriteArgument(writer, argument, options);
            WriteOffset(writer, offset, arguments.Length);
            writer.WriteEndArray();
            Finish(writer);
        }
        finally
        {
            Attachment.Written = outer;
        }

        return Compose(type, ns, id, json.Written.Span, attachments);
    }

    /// <summary>The same with arguments that came from a client.</summary>
    public static EnginePacket[] Encode(
        SocketPacketType type, string ns, long? id, string? name, SocketArguments arguments, string? offset)
    {
        using var json = new PooledBuffer(512);
        var writer = TakeWriter(json);
        writer.WriteStartArray();
        if (name is not null) writer.WriteStringValue(name);
        foreach (var argument in arguments) SocketJson.WriteAsItCame(writer, argument);
        WriteOffset(writer, offset, arguments.Count);
        writer.WriteEndArray();
        Finish(writer);
        return Compose(type, ns, id, json.Written.Span, arguments.Attachments);
    }

    /// <summary>A packet about the connection to a namespace itself.</summary>
    public static EnginePacket Encode(SocketPacketType type, string ns, ReadOnlySpan<byte> json = default)
    {
        using var prefix = new PooledBuffer(64);
        WritePrefix(prefix, type, ns, id: null, attachments: 0);
        return new(PacketType.Message, prefix.Written.Span, json, isJson: true) { IsControl = true };
    }

    /// <summary>The same packet without the last argument, which is the offset, and what stands before it where there is no argument.</summary>
    public static EnginePacket WithoutOffset(EnginePacket packet, string offset, bool hasArguments)
    {
        var text = packet.Text[1..];
        var tail = Encoding.UTF8.GetByteCount(offset) + (hasArguments ? 4 : 9); // ,"…"] or ,null,"…"]
        return new(PacketType.Message, text[..^tail], "]"u8, isJson: true);
    }

    private static EnginePacket[] Compose(
        SocketPacketType type, string ns, long? id, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        using var prefix = new PooledBuffer(64);
        WritePrefix(prefix, type, ns, id, attachments.Count);
        var packets = new EnginePacket[1 + attachments.Count];
        packets[0] = new(PacketType.Message, prefix.Written.Span, json, isJson: true);
        for (var i = 0; i < attachments.Count; i++) packets[i + 1] = EnginePacket.FromBinary(attachments[i].Span);
        return packets;
    }

    // <type>[<attachments>-][<namespace>,][<number>]
    private static void WritePrefix(PooledBuffer target, SocketPacketType type, string ns, long? id, int attachments)
    {
        if (attachments > 0)
        {
            target.Append((byte)(type == SocketPacketType.Ack ? SocketPacketType.BinaryAck : SocketPacketType.BinaryEvent));
            WriteNumber(target, attachments);
            target.Append((byte)'-');
        }
        else
        {
            target.Append((byte)type);
        }

        if (ns != SocketPacket.RootNamespace)
        {
            Encoding.UTF8.GetBytes(ns, target);
            target.Append((byte)',');
        }

        if (id is { } number) WriteNumber(target, number);
    }

    // Clients that cannot recover hand the offset to their program as one more argument: it must not stand where a first one would.
    private static void WriteOffset(Utf8JsonWriter writer, string? offset, int arguments)
    {
        if (offset is null) return;
        if (arguments == 0) writer.WriteNullValue();
        writer.WriteStringValue(offset);
    }

    private static void WriteArgument(Utf8JsonWriter writer, object? argument, JsonSerializerOptions options)
    {
        switch (argument)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case JsonElement json:
                SocketJson.WriteAsItCame(writer, json);
                break;
            case byte[] data:
                Attachment.WritePlaceholder(writer, data);
                break;
            case ReadOnlyMemory<byte> data:
                Attachment.WritePlaceholder(writer, data);
                break;
            case Memory<byte> data:
                Attachment.WritePlaceholder(writer, data);
                break;
            default:
                JsonSerializer.Serialize(writer, argument, argument.GetType(), options);
                break;
        }
    }

    private static Utf8JsonWriter TakeWriter(PooledBuffer target)
    {
        if (t_writer is not { } writer) return new(target, WriterOptions);
        t_writer = null;
        writer.Reset(target);
        return writer;
    }

    private static void Finish(Utf8JsonWriter writer)
    {
        writer.Flush();
        // Has no buffer any more, and keeps none alive.
        writer.Reset(Stream.Null);
        t_writer = writer;
    }

    private static void WriteNumber(PooledBuffer target, long value)
    {
        Utf8Formatter.TryFormat(value, target.GetSpan(20), out var written);
        target.Advance(written);
    }
}
