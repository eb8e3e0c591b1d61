using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// A payload that is JSON already; it is sent as it is. What a client sent and others get would not be the same if it were read
/// and written again, and text that is no Unicode (an escaped lone surrogate) could not be written at all.
/// </summary>
/// <param name="Text">Valid JSON.</param>
[JsonConverter(typeof(Converter))]
public sealed record RawJson(string Text)
{
    /// <summary>A value as it came; null where there is none.</summary>
    public static RawJson Of(JsonElement value) =>
        new(value.ValueKind == JsonValueKind.Undefined ? "null" : value.GetRawText());

    /// <summary>An object as it came, but for the fields that are not wanted.</summary>
    public static RawJson Without(JsonElement value, Func<JsonProperty, bool> isUnwanted)
    {
        var text = new StringBuilder("{");
        foreach (var field in value.EnumerateObject().Where(field => !isUnwanted(field)))
        {
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(field))).Append("\":");
            text.Append(field.Value.GetRawText());
        }
        return new RawJson(text.Append('}').ToString());
    }

    /// <summary>Whether arrays and objects lie within each other no deeper than this.</summary>
    public bool IsAtMost(int depth)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Text), new JsonReaderOptions { MaxDepth = depth });
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

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
