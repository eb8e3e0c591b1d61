using System.Text;

namespace SocketIo.Tests.Codec;

public sealed class PayloadTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhatIsWrittenIsRead(int seed)
    {
        var random = new Random(seed);
        foreach (var form in Enum.GetValues<WireForm>())
        {
            var packets = Enumerable.Range(0, random.Next(1, 10)).Select(_ => RandomPacket(random)).ToArray();
            using var body = new PooledBuffer(16);
            var isBinary = PayloadWriter.Write(body, packets, form);
            var reader = new PayloadReader(body.Written, form, isBinary);
            foreach (var packet in packets)
            {
                Assert.True(reader.TryRead(out var read));
                Assert.Equal(packet.IsBinary, read.IsBinary);
                var expected = packet.IsBinary ? packet.Binary : packet.Text[1..];
                Assert.Equal(expected.ToArray(), read.Data.ToArray());
            }

            Assert.False(reader.TryRead(out _));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverIsSentIsReadOrRefused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var body = new byte[random.Next(40)];
            random.NextBytes(body);
            // Mostly from the alphabet of payloads, to get somewhere.
            for (var j = 0; j < body.Length; j++) if (random.Next(4) > 0) body[j] = "0123456789:b4=\x1e\0\x01\xff"u8[random.Next(18)];
            foreach (var (form, isBinary) in ((WireForm, bool)[])[(WireForm.Revision4, false), (WireForm.Revision3, false), (WireForm.Revision3, true)])
            {
                var reader = new PayloadReader(body.ToArray(), form, isBinary);
                try
                {
                    while (reader.TryRead(out _))
                    {
                    }
                }
                catch (EngineProtocolException e)
                {
                    Assert.Equal(DisconnectReason.ParseError, e.Reason);
                }
            }
        }
    }

    [Fact]
    public void LengthsCountUtf16()
    {
        using var body = new PooledBuffer();
        PayloadWriter.Write(body, [EnginePacket.FromText("😀é")], WireForm.Revision3);
        Assert.Equal("4:4😀é", Encoding.UTF8.GetString(body.Written.Span));
    }

    [Fact]
    public void FramesOfAllFormsAreAsLongAsAnnounced()
    {
        foreach (var size in (int[])[0, 1, 123, 124, 125, 126, 65_530, 65_534, 65_535, 65_536])
        {
            foreach (var form in Enum.GetValues<WireForm>())
            {
                var packet = EnginePacket.FromBinary(new byte[size]);
                var frame = new byte[packet.WebSocketSize(form)];
                Assert.Equal(frame.Length, packet.WriteWebSocket(frame, form));
            }

            var text = EnginePacket.FromUtf8(new byte[size]);
            Assert.Equal(text.Frame.Length, text.WebSocketSize(WireForm.Revision4));
            Assert.Equal(size + 1, text.Text.Length);
        }
    }

    private static EnginePacket RandomPacket(Random random)
    {
        var size = random.Next(3) == 0 ? random.Next(2000) : random.Next(20);
        if (random.Next(3) == 0)
        {
            var data = new byte[size];
            random.NextBytes(data);
            return EnginePacket.FromBinary(data);
        }

        // Beyond Latin-1 at the beginning, lest it look like the text of a 1.x client.
        string[] letters = ["a", "é", "€", "😀", "\"", "\\", "1", ":"];
        var text = new StringBuilder("€");
        for (var i = 0; i < size; i++) text.Append(letters[random.Next(letters.Length)]);
        return EnginePacket.FromText(text.ToString());
    }
}
