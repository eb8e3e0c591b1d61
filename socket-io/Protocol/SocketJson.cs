using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SocketIo;

internal static class SocketJson
{
    // What is escaped for HTML's sake would only make frames longer; no frame is ever part of a page.
    public static readonly JsonSerializerOptions Default = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new AsItCame() },
    };

    /// <summary>Writes JSON as it was read, not anew: it is valid already, and may hold what a string cannot.</summary>
    public static void WriteAsItCame(Utf8JsonWriter writer, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined) writer.WriteNullValue();
        else writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(json), skipInputValidation: true);
    }

    private sealed class AsItCame : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            WriteAsItCame(writer, value);
    }
}
