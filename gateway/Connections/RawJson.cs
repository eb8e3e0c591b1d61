using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// A payload that is JSON already; it is sent as it is. What a client sent and others get would not be the same if it were read
/// and written again, and text that is no Unicode (an escaped lone surrogate) could not be written at all.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class RawJson
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _utf8;

    /// <param name="text">Valid JSON. It is not encoded before it is sent.</param>
    public RawJson(string text) => _text = text;

    /// <param name="utf8">Valid JSON.</param>
    public RawJson(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>The same as text.</summary>
    public string Text => _text ?? Encoding.UTF8.GetString(_utf8.Span);

    /// <summary>A value as it came; null where there is none.</summary>
    public static RawJson Of(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? new("null") : new(JsonMarshal.GetRawUtf8Value(value).ToArray());

    /// <summary>An object as it came, but for the fields that are not wanted.</summary>
    public static RawJson Without(JsonElement value, Func<JsonProperty, bool> isUnwanted)
    {
        var json = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(value).Length);
        json.Write("{"u8);
        foreach (var field in value.EnumerateObject().Where(field => !isUnwanted(field)))
        {
            if (json.WrittenCount > 1) json.Write(","u8);
            json.WriteAsItCame(field);
        }
        json.Write("}"u8);
        return new RawJson(json.WrittenMemory);
    }

    /// <summary>Whether arrays and objects lie within each other no deeper than this.</summary>
    public bool IsAtMost(int depth)
    {
        var reader = new Utf8JsonReader(_text is null ? _utf8.Span : Encoding.UTF8.GetBytes(_text), new JsonReaderOptions { MaxDepth = depth });
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Of(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
        {
            if (value._text is { } text) writer.WriteRawValue(text, skipInputValidation: true);
            else writer.WriteRawValue(value._utf8.Span, skipInputValidation: true);
        }
    }
}
