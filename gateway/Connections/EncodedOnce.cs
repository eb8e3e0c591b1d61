using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Connections;

/// <summary>A payload that goes out under several names: it is encoded once, and its bytes are copied.</summary>
/// <param name="Value">Encodable as JSON.</param>
[JsonConverter(typeof(Converter))]
public sealed record EncodedOnce(object Value)
{
    private byte[]? _json;

    private sealed class Converter : JsonConverter<EncodedOnce>
    {
        public override EncodedOnce Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        // One connection has one transport, and so one way to encode.
        public override void Write(Utf8JsonWriter writer, EncodedOnce value, JsonSerializerOptions options) => writer.WriteRawValue(
            value._json ??= JsonSerializer.SerializeToUtf8Bytes(value.Value, value.Value.GetType(), options), skipInputValidation: true);
    }
}
