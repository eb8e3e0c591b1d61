using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gatehouse.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>
/// SignalR's JSON protocol, except that every invocation, of whatever name and with whatever arguments, becomes a call of
/// <see cref="EventHub{TProtocol}.Receive"/>. SignalR itself would answer an unknown name or a wrong argument with an error of
/// its own, and close the connection on a frame it cannot read; our protocols have their own answers to that.
/// </summary>
public sealed class EventHubProtocol(IOptions<JsonHubProtocolOptions> options) : IHubProtocol
{
    /// <summary>Objects and arrays within each other, the envelope included. A frame nested deeper counts as unreadable.</summary>
    public const int MaxDepth = JsonPayload.MaxDepth;

    private const byte RecordSeparator = 0x1e;
    private const int InvocationType = 1;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    private static readonly (string Name, byte[] Bytes)[] Names =
        [.. new[] { "type", "target", "invocationId", "arguments" }.Select(name => (name, Encoding.UTF8.GetBytes(name)))];

    private readonly JsonHubProtocol _json = new(options);

    public string Name => _json.Name;

    public int Version => _json.Version;

    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(message, output);

    public bool TryParseMessage(
        ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        message = null;
        if (input.PositionOf(RecordSeparator) is not { } end) return false;
        var frame = input.Slice(0, end);
        var framed = input.Slice(0, input.GetPosition(1, end));
        input = input.Slice(framed.End);
        message = Read(frame) ?? Delegate(framed, binder);
        return message is not null;
    }

    /// <summary>The invocation in a frame; null when the frame is one of SignalR's other messages.</summary>
    private static InvocationMessage? Read(ReadOnlySequence<byte> frame)
    {
        var bytes = frame.IsSingleSegment ? frame.FirstSpan : frame.ToArray();
        if (!Utf8.IsValid(bytes)) return Unreadable();
        try
        {
            var reader = new Utf8JsonReader(bytes, ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Unreadable();

            int? type = null;
            string? invocationId = null, target = null;
            var payload = default(JsonElement);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                switch (ReadName(ref reader))
                {
                    case "type":
                        type = ReadType(ref reader);
                        break;
                    case "target":
                        target = ReadText(ref reader);
                        break;
                    case "invocationId":
                        invocationId = ReadText(ref reader);
                        break;
                    case "arguments":
                        payload = ReadFirst(ref reader);
                        break;
                    default:
                        reader.Read();
                        reader.Skip();
                        break;
                }
            }
            // One object and nothing after it; reading on would throw at what is no JSON.
            if (reader.Read()) return Unreadable();
            return type switch
            {
                InvocationType => Invocation(invocationId, target ?? "", payload),
                null => Unreadable(),
                _ => null,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return Unreadable();
        }
    }

    private HubMessage? Delegate(ReadOnlySequence<byte> framed, IInvocationBinder binder)
    {
        try
        {
            return _json.TryParseMessage(ref framed, binder, out var message) ? message : PingMessage.Instance;
        }
        // Not by kind: what a client can bring the parser and SignalR's binder to throw is nobody's contract.
        catch (Exception)
        {
            return Unreadable();
        }
    }

    /// <summary>The name that the reader is at, if it is one of those that are looked for; no new text for each frame.</summary>
    private static string? ReadName(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) return reader.GetString();
        foreach (var (name, bytes) in Names)
        {
            if (reader.ValueSpan.SequenceEqual(bytes)) return name;
        }
        return null;
    }

    private static int? ReadType(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt32(out var type) ? type : null;
        reader.Skip();
        return null;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        // What is escaped may be no text after all.
        return reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? reader.GetString() : JsonElement.ParseValue(ref reader).Text();
    }

    private static JsonElement ReadFirst(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return default;
        }
        var first = default(JsonElement);
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index == 0) first = JsonElement.ParseValue(ref reader);
            else reader.Skip();
        }
        return first;
    }

    private static InvocationMessage Unreadable() => Invocation(null, "", default);

    private static ReceivedEvent Invocation(string? id, string name, JsonElement payload) => new(id, name, payload);

    // To SignalR no invocation wants an answer: it would take no other before that is sent. The hub answers.
    private sealed class ReceivedEvent(string? id, string name, JsonElement payload)
        : InvocationMessage(EventHub.ReceiveMethod, [name, payload, id])
    {
        /// <summary>SignalR logs invocations, and what clients send can be passwords and tokens.</summary>
        public override string ToString() => $"{nameof(ReceivedEvent)} {id}";
    }
}
