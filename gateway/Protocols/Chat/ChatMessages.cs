using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>Messages as clients send and get them.</summary>
public static class ChatMessages
{
    /// <summary>The fields that a client's message does not bring: who sent it, and for the later dialect, which one it is and what to show.</summary>
    private static readonly string[] UserField = ["user"], IdFields = ["id", "time", "displayName", "rank"];

    /// <summary>The most bytes of what is to be used again for the next message.</summary>
    private const int MaxKept = 64 * 1024;

    /// <summary>What a message is composed in, to be used again.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_composed;

    /// <summary>A name as it stands in messages.</summary>
    public static JsonEncodedText NameOf(string user) => JsonEncodedText.Encode(user, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    /// <summary>A message as members get it: the sender's name, and what the sender wrote, untouched.</summary>
    /// <param name="user">The sender's name, see <see cref="NameOf"/>.</param>
    /// <param name="payload">The client's object.</param>
    public static byte[] Compose(JsonEncodedText user, JsonElement payload)
    {
        var json = t_composed ??= new ArrayBufferWriter<byte>(4096);
        // First of all: what a failure left behind is of somebody else's message.
        json.ResetWrittenCount();
        json.Write("{\"user\":\""u8);
        json.Write(user.EncodedUtf8Bytes);
        json.Write("\""u8);
        CopyFields(json, payload, UserField);
        json.Write("}"u8);
        var composed = json.WrittenSpan.ToArray();
        // A large one must not be kept for ever.
        if (json.Capacity > MaxKept) t_composed = null;
        return composed;
    }

    /// <summary>The events of messages.</summary>
    /// <param name="news">The messages; the events are made once for all of their listeners.</param>
    /// <param name="withId">Whether the client knows of <c>id</c>, <c>time</c>, <c>rank</c> and <c>displayName</c>.</param>
    public static SharedEvents Events(RoomNews news, bool withId) => withId
        ? news.For(IdFields, static (_, news) => Events(news.Room.Tag, news.Messages, withId: true))
        : news.For(UserField, static (_, news) => Events(news.Room.Tag, news.Messages, withId: false));

    /// <summary>The event of a message.</summary>
    /// <param name="room">The room's tag.</param>
    /// <param name="message">The message.</param>
    /// <param name="withId">Whether the client knows of <c>id</c> and the like.</param>
    public static ServerEvent Event(string room, RoomMessage message, bool withId) => new(
        "message", new RawJson(withId ? WithId(message) : message.Body), new ChatOffset(room, message.Sequence, withId).ToString());

    private static SharedEvents Events(string room, ImmutableArray<RoomMessage> messages, bool withId)
    {
        var events = new ServerEvent[messages.Length];
        for (var index = 0; index < events.Length; index++) events[index] = Event(room, messages[index], withId);
        return new SharedEvents(ImmutableCollectionsMarshal.AsImmutableArray(events));
    }

    /// <summary>A message of the past.</summary>
    public static RawJson WithIdAsJson(RoomMessage message) => new(WithId(message));

    private static ReadOnlyMemory<byte> WithId(RoomMessage message)
    {
        using var body = JsonDocument.Parse(message.Body, new JsonDocumentOptions { MaxDepth = int.MaxValue });
        var json = new ArrayBufferWriter<byte>(message.Body.Length + 64);
        json.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":{message.Sequence},\"time\":\"{message.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\",\"rank\":{(int)message.Level}")));
        json.Write(",\"displayName\":"u8);
        json.Write(JsonMarshal.GetRawUtf8Value(body.RootElement.Field(UserField[0])));
        CopyFields(json, body.RootElement, IdFields);
        json.Write("}"u8);
        return json.WrittenMemory;
    }

    private static void CopyFields(ArrayBufferWriter<byte> json, JsonElement from, string[] except)
    {
        foreach (var field in from.EnumerateObject())
        {
            if (IsAnyOf(field, except)) continue;
            json.Write(","u8);
            json.WriteAsItCame(field);
        }
    }

    private static bool IsAnyOf(JsonProperty field, string[] names)
    {
        foreach (var name in names)
        {
            if (field.IsNamed(name)) return true;
        }
        return false;
    }
}
