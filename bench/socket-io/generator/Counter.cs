using System.Buffers.Text;
using System.Diagnostics;

namespace SocketIo.Bench;

/// <summary>Counts deliveries and samples their latency.</summary>
internal sealed class Counter
{
    private const int Every = 61; // a sample out of so many deliveries; prime, so that it meets all members

    private readonly Lock _gate = new();
    private List<double> _milliseconds = [];
    private long _count;
    private int _turn;

    public long Count => Volatile.Read(ref _count);

    /// <summary>An event that tells when it was published.</summary>
    public static byte[] Event(string padding) => System.Text.Encoding.ASCII.GetBytes(
        $"42/publish,[\"publish\",{{\"at\":{Stopwatch.GetTimestamp()},\"text\":\"{padding}\"}}]");

    public void Add(int count) => Interlocked.Add(ref _count, count);

    public void Sample(ReadOnlySpan<byte> text)
    {
        if (_turn++ % Every != 0) return;
        var digits = text[(text.IndexOf("\"at\":"u8) + 5)..];
        Utf8Parser.TryParse(digits, out long at, out _);
        lock (_gate) _milliseconds.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
    }

    /// <summary>The latencies since the last call, in order.</summary>
    public double[] TakeLatencies()
    {
        lock (_gate)
        {
            var taken = _milliseconds;
            _milliseconds = [];
            taken.Sort();
            return [.. taken];
        }
    }
}
