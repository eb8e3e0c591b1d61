using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>The answers to CONNECT, which differ between the revisions.</summary>
internal static class ConnectPackets
{
    public static EnginePacket Acceptance(
        int revision, string ns, string socketId, string? pid, object? payload, JsonSerializerOptions options)
    {
        if (revision == 3) return PacketWriter.Encode(SocketPacketType.Connect, ns);
        using var json = new PooledBuffer(256);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("sid", socketId);
            if (pid is not null) writer.WriteString("pid", pid);
            if (payload is not null) WriteProperties(writer, payload, options);
            writer.WriteEndObject();
        }

        return PacketWriter.Encode(SocketPacketType.Connect, ns, json.Written.Span);
    }

    public static EnginePacket Refusal(int revision, string ns, string message, object? data = null, JsonSerializerOptions? options = null)
    {
        options ??= SocketJson.Default;
        object json = revision == 3 ? data ?? message : data is null ? new { message } : new { message, data };
        return PacketWriter.Encode(SocketPacketType.ConnectError, ns, JsonSerializer.SerializeToUtf8Bytes(json, options));
    }

    private static void WriteProperties(Utf8JsonWriter writer, object payload, JsonSerializerOptions options)
    {
        var json = JsonSerializer.SerializeToElement(payload, payload.GetType(), options);
        if (json.ValueKind != JsonValueKind.Object)
            throw new InvalidOperationException("The payload of an acceptance must be an object.");
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name is not ("sid" or "pid")) property.WriteTo(writer);
        }
    }
}
