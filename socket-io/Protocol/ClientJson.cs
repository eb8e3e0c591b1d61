using System.Text.Json;

namespace SocketIo;

/// <summary>
/// Reads JSON of clients, whose texts and names may hold half of a surrogate pair: JSON permits that, but System.Text.Json throws when
/// it is asked for such a text.
/// </summary>
internal static class ClientJson
{
    /// <summary>What stands for a text that no string can hold.</summary>
    private const string Replacement = "\ufffd";

    /// <summary>The text of a string or a number.</summary>
    public static string Text(this JsonElement value)
    {
        try
        {
            return value.ToString();
        }
        catch (InvalidOperationException)
        {
            return Replacement;
        }
    }

    /// <summary>The value of an object's field; undefined if there is none.</summary>
    public static JsonElement Field(this JsonElement value, string name)
    {
        var found = default(JsonElement);
        if (value.ValueKind != JsonValueKind.Object) return found;
        foreach (var property in value.EnumerateObject())
        {
            if (Is(property, name)) found = property.Value;
        }

        return found;
    }

    private static bool Is(in JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
