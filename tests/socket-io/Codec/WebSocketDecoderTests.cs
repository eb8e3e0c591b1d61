using System.Text;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Codec;

public sealed class WebSocketDecoderTests
{
    public static TheoryData<int> Sizes => [0, 1, 2, 7, 8, 31, 32, 33, 125, 126, 127, 4095, 4096, 65_535, 65_536, 100_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AFrameOfAnySizeIsReadWhole(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);
        using var decoder = new WebSocketDecoder(100_000);
        var message = Assert.Single(Decode(decoder, RawSocket.Frame(2, payload), 100_000));
        Assert.Equal(payload, message);
        Assert.True(decoder.IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(4096)]
    public void HoweverTheBytesAreCutTheMessagesAreTheSame(int size)
    {
        var random = new Random(7);
        var sent = new List<byte[]>();
        var bytes = new List<byte>();
        for (var i = 0; i < 60; i++)
        {
            var payload = new byte[random.Next(3) == 0 ? random.Next(6000) : random.Next(40)];
            random.NextBytes(payload);
            sent.Add(payload);
            var cut = random.Next(payload.Length + 1);
            if (random.Next(2) == 0)
            {
                bytes.AddRange(RawSocket.Frame(2, payload));
            }
            else
            {
                bytes.AddRange(RawSocket.Frame(2, payload[..cut], isFinal: false));
                bytes.AddRange(RawSocket.Frame(0, payload[cut..]));
            }
        }

        using var decoder = new WebSocketDecoder(10_000);
        Assert.Equal(sent, Decode(decoder, [.. bytes], size));
        Assert.True(decoder.IsEmpty);
    }

    [Fact]
    public void TextMayBeCutInTheMiddleOfACharacter()
    {
        var text = "😀"u8.ToArray();
        using var decoder = new WebSocketDecoder(100);
        var messages = Decode(decoder, [.. RawSocket.Frame(1, text[..2], isFinal: false), .. RawSocket.Frame(0, text[2..])], 100);
        Assert.Equal("😀", Encoding.UTF8.GetString(Assert.Single(messages)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(67)]
    public void AMaskIsTakenOffByteByByte(int size)
    {
        var data = new byte[size];
        new Random(size).NextBytes(data);
        byte[] mask = [1, 2, 3, 4];
        var masked = data.Select((value, index) => (byte)(value ^ mask[index & 3])).ToArray();
        WebSocketFrame.Unmask(masked, BitConverter.ToUInt32(mask));
        Assert.Equal(data, masked);
    }

    [Fact]
    public void TheKeyOfTheStandardHasTheAnswerOfTheStandard() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketHandshake.AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public void ACloseReasonIsCutToFit()
    {
        var frame = WebSocketFrame.Close(WebSocketCloseCode.Normal, new string('x', 500));
        Assert.Equal(2 + 125, frame.Length);
        Assert.Equal([0x88, 125, 0x03, 0xe8], frame[..4]);
    }

    private static List<byte[]> Decode(WebSocketDecoder decoder, byte[] bytes, int size)
    {
        var messages = new List<byte[]>();
        foreach (var piece in bytes.Chunk(size))
        {
            var rest = piece.AsMemory();
            while (!rest.IsEmpty)
            {
                var target = decoder.GetMemory();
                var count = Math.Min(target.Length, rest.Length);
                rest[..count].CopyTo(target);
                decoder.Advance(count);
                rest = rest[count..];
                while (decoder.TryRead(out var message)) messages.Add(message.Data.ToArray());
            }
        }

        return messages;
    }
}
