using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>Reads what clients send, which may be anything.</summary>
public static class JsonPayload
{
    /// <summary>How deep the objects and arrays of a message may be nested, its envelope included, where nothing stricter is said.</summary>
    public const int MaxDepth = 2048;

    /// <summary>The text of a string value; null for every other kind, and for text that is no valid Unicode.</summary>
    public static string? Text(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return null;
        }
    }

    /// <summary>The text of an object's field; null when the value is no object or the field no text.</summary>
    public static string? Text(this JsonElement value, string field) =>
        value.Field(field).Text();

    /// <summary>
    /// What a client calls something by, in an object's field: 1 to so many characters, none of them U+0000, which PostgreSQL stores nowhere; null
    /// for anything else.
    /// </summary>
    public static string? Label(this JsonElement value, string field, int maxLength) =>
        value.Text(field) is { Length: > 0 } label && label.Length <= maxLength && !label.Contains('\0') ? label : null;

    /// <summary>The whole number in a value; null when it is none.</summary>
    public static long? Number(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The whole number in an object's field; null when there is none.</summary>
    public static long? Number(this JsonElement value, string field) =>
        value.Field(field).Number();

    /// <summary>An object's field; undefined when the value is no object, or has none of that name.</summary>
    public static JsonElement Field(this JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object) return default;
        var found = default(JsonElement);
        foreach (var field in value.EnumerateObject())
        {
            if (field.IsNamed(name)) found = field.Value;
        }
        return found;
    }

    /// <summary>Whether a field has this name.</summary>
    public static bool IsNamed(this JsonProperty field, string name)
    {
        try
        {
            return field.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate.
            return false;
        }
    }

    /// <summary>A field's name and value as they came: written anew they would be other bytes, and some could not be written at all.</summary>
    public static void WriteAsItCame(this IBufferWriter<byte> json, JsonProperty field)
    {
        json.Write("\""u8);
        json.Write(JsonMarshal.GetRawUtf8PropertyName(field));
        json.Write("\":"u8);
        json.Write(JsonMarshal.GetRawUtf8Value(field.Value));
    }
}
