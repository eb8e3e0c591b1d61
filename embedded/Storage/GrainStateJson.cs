using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Storage;

/// <summary>
/// The JSON form of grain state: that of Orleans' System.Text.Json grain storage serializer, so that either engine
/// reads it.
/// </summary>
internal static class GrainStateJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        IncludeFields = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static byte[] Write<T>(T? state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    public static T? Read<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, Options);
}
