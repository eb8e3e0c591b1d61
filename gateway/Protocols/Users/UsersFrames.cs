using System.Buffers;
using System.Text.Json;
using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>The users API's frames: <c>{"action":…,"data":…}</c> in, <c>{"action":…,"data":…}</c> or <c>{"action":…,"error":…}</c> out.</summary>
public sealed class UsersFrames : IFrameFormat
{
    private const int MaxDepth = 64;

    public ClientFrame Read(ReadOnlyMemory<byte> frame, bool isText)
    {
        if (!isText) return Refuse("Invalid data.");
        try
        {
            var reader = new Utf8JsonReader(frame.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            var message = JsonElement.ParseValue(ref reader);
            if (message.ValueKind != JsonValueKind.Object || reader.Read()) return Refuse("Invalid data.");
            if (!message.TryGetProperty("action", out var action)) return Refuse("No action provided.");
            if (action.ValueKind != JsonValueKind.String) return Refuse("Invalid action type.");
            return action.Text() switch
            {
                null => Refuse("Invalid data."),
                "" => Refuse("No action provided."),
                var name => new ClientFrame(name, message.TryGetProperty("data", out var data) ? data : default),
            };
        }
        catch (JsonException)
        {
            return Refuse("Invalid data.");
        }
    }

    public void WriteEvent(IBufferWriter<byte> output, ServerEvent serverEvent)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (serverEvent.Name.Length > 0) json.WriteString("action", serverEvent.Name);
        if (serverEvent.Payload is UsersReply reply)
        {
            if (reply.Error is not null) json.WriteString("error", reply.Error);
            if (reply.Data is not null)
            {
                json.WritePropertyName("data");
                JsonSerializer.Serialize(json, reply.Data);
            }
        }
        json.WriteEndObject();
    }

    public void WriteAnswer(IBufferWriter<byte> output, ClientFrame request, object answer) =>
        throw new InvalidOperationException("The users API answers by events.");

    private static ClientFrame Refuse(string error) =>
        new("", default, Refusal: new ServerEvent("", UsersReply.Failed(error)));
}
