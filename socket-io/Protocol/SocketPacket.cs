using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>A packet from a client, without its attachments.</summary>
/// <param name="Type">What it is; the two binary types have become their plain ones.</param>
/// <param name="Namespace">The namespace, with a query string behind it where revision 3 has one.</param>
/// <param name="Id">The number by which to acknowledge, or that is acknowledged.</param>
/// <param name="Json">The payload; undefined if there is none.</param>
/// <param name="Attachments">How many binary messages follow.</param>
internal sealed record SocketPacket(SocketPacketType Type, string Namespace, long? Id, JsonElement Json, int Attachments)
{
    /// <summary>The namespace that a packet is for which names none.</summary>
    public const string RootNamespace = "/";

    private const int MaxIdDigits = 15; // as many as JavaScript can count

    /// <summary>Whether a packet acknowledges.</summary>
    public static bool IsAck(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && (SocketPacketType)text[0] is (SocketPacketType.Ack or SocketPacketType.BinaryAck);

    /// <summary>Whether a packet says how many binary messages follow it.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && (SocketPacketType)text[0] is (SocketPacketType.BinaryEvent or SocketPacketType.BinaryAck);

    /// <exception cref="EngineProtocolException">It is no packet.</exception>
    public static SocketPacket Parse(ReadOnlySpan<byte> text, int maxAttachments, int maxDepth)
    {
        if (text.IsEmpty || text[0] is < (byte)SocketPacketType.Connect or > (byte)SocketPacketType.BinaryAck)
            throw Malformed("unknown packet type of Socket.IO");
        var type = (SocketPacketType)text[0];
        var rest = text[1..];
        var attachments = 0;
        if (type is SocketPacketType.BinaryEvent or SocketPacketType.BinaryAck)
        {
            attachments = ReadAttachments(ref rest, maxAttachments);
            type = type == SocketPacketType.BinaryEvent ? SocketPacketType.Event : SocketPacketType.Ack;
        }

        var name = ReadNamespace(ref rest);
        var id = ReadId(ref rest);
        var json = rest.IsEmpty ? default : ReadJson(rest, maxDepth);
        if (!IsPayloadValid(type, id, json)) throw Malformed("a payload that does not fit its packet type");
        if (attachments > 0) CheckPlaceholders(json, attachments);
        return new(type, name, id, json, attachments);
    }

    private static int ReadAttachments(ref ReadOnlySpan<byte> rest, int max)
    {
        if (!Utf8Parser.TryParse(rest, out uint count, out var used) || used >= rest.Length || rest[used] != '-')
            throw Malformed("no number of attachments");
        if (count > max) throw Malformed("too many attachments");
        rest = rest[(used + 1)..];
        return (int)count;
    }

    private static string ReadNamespace(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != '/') return RootNamespace;
        var end = rest.IndexOf((byte)',');
        var name = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return name.Length == 1 ? RootNamespace : Encoding.UTF8.GetString(name);
    }

    private static long? ReadId(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || !char.IsAsciiDigit((char)rest[0])) return null;
        if (!Utf8Parser.TryParse(rest, out long id, out var used) || used > MaxIdDigits) throw Malformed("a number that is too large");
        rest = rest[used..];
        return id;
    }

    private static JsonElement ReadJson(ReadOnlySpan<byte> text, int maxDepth)
    {
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth });
        }
        catch (JsonException)
        {
            throw Malformed("a payload that is not JSON");
        }
    }

    private static bool IsPayloadValid(SocketPacketType type, long? id, JsonElement json) => type switch
    {
        SocketPacketType.Connect => json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object,
        SocketPacketType.Disconnect => json.ValueKind is JsonValueKind.Undefined,
        SocketPacketType.Event => json.ValueKind is JsonValueKind.Array && json.GetArrayLength() > 0
            && json[0].ValueKind is JsonValueKind.String or JsonValueKind.Number,
        SocketPacketType.Ack => json.ValueKind is JsonValueKind.Array && id is not null,
        _ => false, // nobody tells a server of connect errors
    };

    // Each placeholder must name an attachment. Without recursion: how deep the JSON is was the client's choice.
    private static void CheckPlaceholders(JsonElement json, int attachments)
    {
        var waiting = new Stack<JsonElement>([json]);
        while (waiting.TryPop(out var value))
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray()) waiting.Push(item);
                    break;
                case JsonValueKind.Object:
                    if (value.Field(Attachment.Marker).ValueKind == JsonValueKind.True) CheckPlaceholder(value, attachments);
                    foreach (var property in value.EnumerateObject()) waiting.Push(property.Value);
                    break;
            }
        }
    }

    private static void CheckPlaceholder(JsonElement json, int attachments)
    {
        var number = json.Field(Attachment.Number);
        if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var index) || index < 0 || index >= attachments)
            throw Malformed("a placeholder without an attachment");
    }

    private static EngineProtocolException Malformed(string text) => EngineProtocolException.Parse(text);
}
