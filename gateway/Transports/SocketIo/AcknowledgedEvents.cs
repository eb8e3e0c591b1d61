using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SocketIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>
/// The last events of a connection that asked for an acknowledgement: an identical one with the same number is a repetition. The
/// attempts of a client's own <c>retries</c> cannot be told so: each has a number of its own.
/// </summary>
public sealed class AcknowledgedEvents
{
    private const int Remembered = 64;

    private readonly Queue<Entry> _events = new();

    /// <summary>Remembers an event, unless it was here before.</summary>
    /// <param name="received">The event.</param>
    /// <param name="entry">What is remembered of it.</param>
    /// <returns>False if it was here before.</returns>
    public bool TryAdd(SocketEvent received, out Entry entry)
    {
        var (id, digest) = (received.AckId!.Value, DigestOf(received));
        entry = _events.FirstOrDefault(known => known.Id == id && known.Digest == digest)!;
        if (entry is not null) return false;
        if (_events.Count == Remembered) _events.Dequeue();
        _events.Enqueue(entry = new Entry(id, digest));
        return true;
    }

    private static UInt128 DigestOf(SocketEvent received)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(Encoding.UTF8.GetBytes(received.Name));
        foreach (var argument in received.Arguments) Add(JsonMarshal.GetRawUtf8Value(argument));
        foreach (var attachment in received.Arguments.Attachments) Add(attachment.Span);
        return MemoryMarshal.Read<UInt128>(digest.GetHashAndReset());

        void Add(ReadOnlySpan<byte> part)
        {
            digest.AppendData(BitConverter.GetBytes(part.Length));
            digest.AppendData(part);
        }
    }

    /// <summary>An event.</summary>
    public sealed record Entry(long Id, UInt128 Digest)
    {
        /// <summary>Ends when it is acknowledged: its repetition is not before.</summary>
        public TaskCompletionSource Acknowledged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
