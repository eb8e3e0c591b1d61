using System.Text;
using System.Text.Json;

namespace SocketIo.Tests.Codec;

public sealed class SocketPacketTests
{
    [Theory]
    [InlineData("0", "Connect", "/", null, 0, "")]
    [InlineData("0/a", "Connect", "/a", null, 0, "")]
    [InlineData("0/a,", "Connect", "/a", null, 0, "")]
    [InlineData("""0/a,{"t":1}""", "Connect", "/a", null, 0, """{"t":1}""")]
    [InlineData("""0{"t":1}""", "Connect", "/", null, 0, """{"t":1}""")]
    [InlineData("0/a?x=1,", "Connect", "/a?x=1", null, 0, "")]
    [InlineData("1", "Disconnect", "/", null, 0, "")]
    [InlineData("1/a,", "Disconnect", "/a", null, 0, "")]
    [InlineData("""2["x"]""", "Event", "/", null, 0, """["x"]""")]
    [InlineData("""2/,["x"]""", "Event", "/", null, 0, """["x"]""")]
    [InlineData("""27["x",1]""", "Event", "/", 7L, 0, """["x",1]""")]
    [InlineData("""2/a,12["x"]""", "Event", "/a", 12L, 0, """["x"]""")]
    [InlineData("3999999999999999[]", "Ack", "/", 999999999999999L, 0, "[]")]
    [InlineData("""52-/a,3["x"]""", "Event", "/a", 3L, 2, """["x"]""")]
    [InlineData("61-0[]", "Ack", "/", 0L, 1, "[]")]
    public void APacketIsReadByItsParts(string text, string type, string ns, long? id, int attachments, string json)
    {
        var packet = SocketPacket.Parse(Encoding.UTF8.GetBytes(text), 10, 64);
        Assert.Equal((type, ns, id, attachments), (packet.Type.ToString(), packet.Namespace, packet.Id, packet.Attachments));
        Assert.Equal(json, packet.Json.ValueKind == JsonValueKind.Undefined ? "" : packet.Json.GetRawText());
    }

    [Fact]
    public void EveryPrefixAndEveryChangeOfAPacketIsReadOrRefused()
    {
        foreach (var text in (string[])[
            """52-/chat,123["name",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]""",
            """51-["\ud83d\ude00 _",{"\ud83d\ude00 _placeholder":0},{"num":0,"_placeholder":true}]""",
            """0/chat?a=b,{"token":"x"}""", """3/chat,17["é",null,1e5]"""])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var i = 0; i <= bytes.Length; i++) Read(bytes[..i]);
            for (var i = 0; i < bytes.Length; i++)
            {
                for (var value = 0; value < 256; value++)
                {
                    var changed = bytes.ToArray();
                    changed[i] = (byte)value;
                    Read(changed);
                }
            }
        }
    }

    [Fact]
    public void TheOffsetIsTheLastArgumentAndCanBeTakenOff()
    {
        var encoded = EncodedEvent.Create("/a", "name", [1, new byte[] { 2 }], offset: "o-1");
        var with = encoded.PacketsFor(canRecover: true);
        var without = encoded.PacketsFor(canRecover: false);
        Assert.Equal("""451-/a,["name",1,{"_placeholder":true,"num":0},"o-1"]""", Encoding.UTF8.GetString(with[0].Text));
        Assert.Equal("""451-/a,["name",1,{"_placeholder":true,"num":0}]""", Encoding.UTF8.GetString(without[0].Text));
        Assert.Same(with[1], without[1]);
    }

    [Fact]
    public void AnAttachmentOutsideOfAPayloadIsAnError()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize(new Attachment(new byte[] { 1 })));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Attachment>("""{"_placeholder":true,"num":0}"""));
    }

    private static void Read(byte[] bytes)
    {
        try
        {
            SocketPacket.Parse(bytes, 10, 64);
        }
        catch (EngineProtocolException e)
        {
            Assert.Equal(DisconnectReason.ParseError, e.Reason);
        }
    }
}
