using System.Buffers;
using System.Text.Json;
using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>
/// The frames of react-auth: requests come raw or in an envelope with an id, and are answered alike; notices go in both forms at
/// once. Every frame that we send is a JSON object, because the client throws on any other.
/// </summary>
public sealed class ReactAuthFrames : IFrameFormat
{
    private const int MaxDepth = 64;
    private const int MaxIdLength = 256;

    public ClientFrame Read(ReadOnlyMemory<byte> frame, bool isText)
    {
        // A frame that cannot be read is a request of no known type.
        if (!isText) return new ClientFrame("", default);
        try
        {
            var reader = new Utf8JsonReader(frame.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            var message = JsonElement.ParseValue(ref reader);
            if (message.ValueKind != JsonValueKind.Object || reader.Read()) return new ClientFrame("", default);
            if (message.Text("id") is not { Length: <= MaxIdLength } id || !message.TryGetProperty("data", out var data))
            {
                return new ClientFrame(message.Text("type") ?? "", message);
            }
            return new ClientFrame(data.Text("type") ?? message.Text("type") ?? "", data, id);
        }
        catch (JsonException)
        {
            return new ClientFrame("", default);
        }
    }

    public void WriteEvent(IBufferWriter<byte> output, ServerEvent serverEvent)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("type", serverEvent.Name);
        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, serverEvent.Payload);
        json.WriteEndObject();
    }

    public void WriteAnswer(IBufferWriter<byte> output, ClientFrame request, object answer)
    {
        var result = (ReactAuthResult)answer;
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (request.Id is not null) json.WriteString("id", request.Id);
        json.WriteBoolean("success", result.Success);
        if (request.Id is not null)
        {
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, result);
        }
        json.WriteEndObject();
    }
}
