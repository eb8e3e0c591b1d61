using System.Buffers.Text;
using System.Diagnostics;

namespace Gatehouse.Bench;

/// <summary>
/// A room and what was said in it. The order that one member sees is the order; every other must see the same, so each message
/// is checked by its place.
/// </summary>
internal sealed class Room(string name)
{
    private const int SampleEvery = 61; // prime, so that the samples meet all members
    private static readonly string Padding = new('x', 64);
    private static readonly Lock LatencyGate = new();
    private static int _turn;
    private static long _wrong;
    private static List<double> _latencies = [];

    private readonly Lock _gate = new();

    private readonly List<int> _order = [];
    private readonly HashSet<int> _seen = [];
    private int _sent;

    public string Name => name;

    public List<Client> Members { get; } = [];

    /// <summary>How many messages were sent.</summary>
    public int Sent => _sent;

    /// <summary>How many have come back to their senders' room.</summary>
    public int Echoed
    {
        get
        {
            lock (_gate) return _order.Count;
        }
    }

    /// <summary>Messages that came twice to a member, or in another order than to the others.</summary>
    public static long Wrong => Volatile.Read(ref _wrong);

    /// <summary>The latencies of some deliveries since the last call, in milliseconds and in order.</summary>
    public static List<double> TakeLatencies()
    {
        lock (LatencyGate)
        {
            var taken = _latencies;
            _latencies = [];
            taken.Sort();
            return taken;
        }
    }

    /// <summary>The JSON of the next message: when it was sent, and which it is.</summary>
    public string Next() => $$"""{"content":"{{Padding}}","at":{{Stopwatch.GetTimestamp()}},"n":{{_sent++}}}""";

    /// <summary>A member got its message number so and so.</summary>
    public void Delivered(long index, ReadOnlySpan<byte> message)
    {
        var n = (int)Number(message, "\"n\":"u8);
        lock (_gate)
        {
            var isRight = index < _order.Count ? _order[(int)index] == n : _seen.Add(n);
            if (!isRight) Interlocked.Increment(ref _wrong);
            if (index == _order.Count) _order.Add(n);
        }
        if (_turn++ % SampleEvery != 0) return;
        var latency = Stopwatch.GetElapsedTime(Number(message, "\"at\":"u8)).TotalMilliseconds;
        lock (LatencyGate) _latencies.Add(latency);
    }

    /// <summary>How many deliveries have not come.</summary>
    public long Missing => Members.Sum(member => _sent - member.Count);

    private static long Number(ReadOnlySpan<byte> message, ReadOnlySpan<byte> field)
    {
        var digits = message[(message.LastIndexOf(field) + field.Length)..];
        return Utf8Parser.TryParse(digits, out long number, out _) ? number : throw new FormatException();
    }
}
