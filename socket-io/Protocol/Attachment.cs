using System.Text.Json;
using System.Text.Json.Serialization;

namespace SocketIo;

/// <summary>
/// Binary data anywhere in a payload. It travels beside the JSON, as the clients expect it (a Buffer, a Uint8Array); a byte array
/// inside an object becomes base64 text instead, as System.Text.Json has it.
/// </summary>
/// <param name="Data">The bytes.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct Attachment(ReadOnlyMemory<byte> Data)
{
    internal const string Marker = "_placeholder";
    internal const string Number = "num";

    // The attachments of the payload that this thread is writing or reading.
    [ThreadStatic]
    private static List<ReadOnlyMemory<byte>>? t_written;

    [ThreadStatic]
    private static IReadOnlyList<ReadOnlyMemory<byte>>? t_read;

    internal static List<ReadOnlyMemory<byte>>? Written
    {
        get => t_written;
        set => t_written = value;
    }

    internal static T? Read<T>(JsonElement json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, JsonSerializerOptions options)
    {
        var outer = t_read;
        t_read = attachments;
        try
        {
            return json.Deserialize<T>(options);
        }
        finally
        {
            t_read = outer;
        }
    }

    internal static void WritePlaceholder(Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        var written = Written ?? throw new JsonException("An attachment can only be part of a Socket.IO payload.");
        writer.WriteStartObject();
        writer.WriteBoolean(Marker, true);
        writer.WriteNumber(Number, written.Count);
        writer.WriteEndObject();
        written.Add(data);
    }

    internal sealed class Converter : JsonConverter<Attachment>
    {
        public override Attachment Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            var number = json.Field(Number);
            return number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var index)
                && t_read is { } attachments && index >= 0 && index < attachments.Count
                    ? new Attachment(attachments[index])
                    : throw new JsonException("No binary data is here.");
        }

        public override void Write(Utf8JsonWriter writer, Attachment value, JsonSerializerOptions options) =>
            WritePlaceholder(writer, value.Data);
    }
}
