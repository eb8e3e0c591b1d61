namespace Gatehouse.Telemetry.Tests.Support;

/// <summary>A field of a Protocol Buffers message: its number, and its bytes if it has a length.</summary>
internal sealed record ProtobufField(int Number, byte[] Bytes)
{
    public static IEnumerable<ProtobufField> Read(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => SkipVarint(message, ref at),
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                var kind => throw new InvalidDataException($"wire type {kind}"),
            };
            yield return new((int)(tag >> 3), message[at..(at + length)]);
            at += length;
        }
    }

    private static int SkipVarint(byte[] message, ref int at)
    {
        Varint(message, ref at);
        return 0;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
    }
}
