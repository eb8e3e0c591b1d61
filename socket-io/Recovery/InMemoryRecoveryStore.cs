using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>A recovery store for a single process: what it knows is gone when the process ends.</summary>
public sealed class InMemoryRecoveryStore(IOptions<InMemoryRecoveryOptions> options, TimeProvider time) : IRecoveryStore
{
    private readonly Lock _gate = new();
    private readonly InMemoryRecoveryOptions _options = options.Value;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset LostAt, string Pid)> _losses = new();
    private readonly Dictionary<string, EventLog> _logs = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask OpenAsync(RecoverableSocket socket, CancellationToken cancellation)
    {
        lock (_gate) _entries[socket.Pid] = new(socket, Log(socket.Namespace).Next, LostAt: null);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask LoseAsync(RecoverableSocket socket, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Forget();
            if (!_entries.TryGetValue(socket.Pid, out var entry)) return default;
            if (_losses.Count >= _options.MaxLostSockets)
            {
                _entries.Remove(socket.Pid);
                return default;
            }

            var now = time.GetUtcNow();
            _entries[socket.Pid] = entry with { Socket = socket, LostAt = now };
            _losses.Enqueue((now, socket.Pid));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(string ns, string pid, CancellationToken cancellation)
    {
        lock (_gate) _entries.Remove(pid);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<RecoverableSocket?> FindAsync(
        string ns, string pid, string? offset, Handshake handshake, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Forget();
            var isKnown = _entries.TryGetValue(pid, out var entry) && entry.LostAt is not null && entry.Socket.Namespace == ns
                && Log(ns).Contains(Start(entry, offset));
            return new(isKnown ? entry!.Socket : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<EncodedEvent>> MissedAsync(string ns, string pid, string? offset, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(pid, out var entry) || Start(entry, offset) is not { } start || !Log(ns).Contains(start))
                throw new InvalidOperationException("What the socket has missed is not known any more.");
            return new([.. Log(ns).From(start, entry.Socket)]);
        }
    }

    /// <inheritdoc/>
    public EncodedEvent Record(string ns, Audience audience, Func<string?, EncodedEvent> encode)
    {
        lock (_gate) return Log(ns).Add(time.GetUtcNow(), audience, encode);
    }

    // The number of the first event that the client has not seen.
    private long? Start(Entry entry, string? offset) =>
        offset is null ? entry.Next : Log(entry.Socket.Namespace).NumberOf(offset) is { } number ? number + 1 : null;

    private EventLog Log(string ns)
    {
        if (!_logs.TryGetValue(ns, out var log)) _logs[ns] = log = new(_options);
        return log;
    }

    private void Forget()
    {
        var limit = time.GetUtcNow() - _options.MaxDisconnection;
        while (_losses.TryPeek(out var loss) && loss.LostAt < limit)
        {
            _losses.Dequeue();
            if (_entries.TryGetValue(loss.Pid, out var entry) && entry.LostAt == loss.LostAt) _entries.Remove(loss.Pid);
        }
    }

    private sealed record Entry(RecoverableSocket Socket, long Next, DateTimeOffset? LostAt);

    /// <summary>The last events of a namespace. Offsets begin with a word of this process: those of another mean nothing here.</summary>
    private sealed class EventLog(InMemoryRecoveryOptions options)
    {
        private readonly string _word = RandomNumberGenerator.GetHexString(8, lowercase: true) + "-";
        private readonly Queue<(DateTimeOffset Time, Audience Audience, EncodedEvent Event)> _events = new();
        private long _bytes;

        public long Next { get; private set; }

        private long First => Next - _events.Count;

        public EncodedEvent Add(DateTimeOffset now, Audience audience, Func<string?, EncodedEvent> encode)
        {
            var encoded = encode(string.Create(CultureInfo.InvariantCulture, $"{_word}{Next}"));
            _events.Enqueue((now, audience, encoded));
            _bytes += encoded.Size;
            Next++;
            while (_events.TryPeek(out var oldest) && (_events.Count > options.MaxEvents || _bytes > options.MaxBytes
                || oldest.Time < now - options.MaxDisconnection))
            {
                _bytes -= _events.Dequeue().Event.Size;
            }

            return encoded;
        }

        public long? NumberOf(string offset) =>
            offset.StartsWith(_word, StringComparison.Ordinal)
            && long.TryParse(offset.AsSpan(_word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        public bool Contains(long? start) => start >= First && start <= Next;

        public IEnumerable<EncodedEvent> From(long start, RecoverableSocket socket) =>
            from item in _events.Skip((int)(start - First))
            where item.Audience.Includes(socket.SocketId, socket.Rooms)
            select item.Event;
    }
}
