using System.Collections.Immutable;
using System.Diagnostics;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// The newest messages of a room, without gaps, in the memory of a process: as many as fit, here and into what all rooms share. Safe
/// to use from any thread; it may forget at any time.
/// </summary>
/// <remarks>
/// Kept as bytes in one array that is used again and again: a message that only passes through is garbage at once. As objects they would
/// all outlive the garbage collector's first generations, which stops everybody for as long as it copies them.
/// </remarks>
public sealed class RecentMessages(int maxMessages, int maxSize, RecentMessagesBudget budget) : IDisposable
{
    private const int MinCapacity = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Kept> _messages = new();
    private byte[] _bodies = [];

    /// <summary>Where the newest body ends, and how many bytes all of them take.</summary>
    private int _end;
    private int _used;
    private int _size;
    private long _forgotten;
    private bool _isDisposed;

    /// <summary>When it was last needed.</summary>
    internal long LastUsed { get; private set; }

    /// <summary>Nothing has come after this number yet. Does nothing while there are messages.</summary>
    public void BeginAfter(long sequence)
    {
        lock (_gate)
        {
            if (_messages.Count == 0) _forgotten = sequence;
        }
    }

    /// <summary>The room goes on by these.</summary>
    public void Add(IEnumerable<RoomMessage> messages)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            var before = _size;
            foreach (var message in messages)
            {
                while (_messages.Count > 0 && (_messages.Count >= maxMessages || _size + message.Size() > maxSize)) ForgetOldest();
                if (message.Size() <= maxSize) Keep(message);
                else _forgotten = message.Sequence;
            }
            Count(before);
        }
        // Not with the lock held: it takes the locks of others.
        budget.Keep();
    }

    /// <summary>Those with greater numbers than this one that are still here; the newest ones.</summary>
    /// <param name="sequence">The number.</param>
    /// <param name="isWhole">Whether these are all there were.</param>
    public ImmutableArray<RoomMessage> After(long sequence, out bool isWhole)
    {
        lock (_gate)
        {
            LastUsed = Stopwatch.GetTimestamp();
            isWhole = sequence >= _forgotten;
            return [.. _messages.Where(kept => kept.Sequence > sequence).Select(Message)];
        }
    }

    /// <summary>A message; null when it is not here.</summary>
    public RoomMessage? Find(long sequence)
    {
        lock (_gate) return _messages.Where(kept => kept.Sequence == sequence).Select(Message).FirstOrDefault();
    }

    /// <summary>Whether there is one by this author and name, see <see cref="RoomMessage.Nonce"/>.</summary>
    public bool Contains(string author, string nonce)
    {
        lock (_gate) return _messages.Any(kept => kept.Nonce == nonce && kept.Author == author);
    }

    /// <summary>A message was deleted.</summary>
    public void Remove(long sequence)
    {
        lock (_gate)
        {
            var (before, left) = (_size, _messages.Where(kept => kept.Sequence != sequence).Select(Message).ToList());
            (_size, _used) = (0, 0);
            _messages.Clear();
            foreach (var message in left) Keep(message);
            Count(before);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            var before = _size;
            while (_messages.Count > 0) ForgetOldest();
            _bodies = [];
            Count(before);
        }
    }

    /// <summary>Forgets everything, and takes nothing any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Clear();
        }
    }

    // In all that follows the caller holds the lock.
    private void Keep(RoomMessage message)
    {
        var begin = FindPlace(message.Body.Length);
        message.Body.Span.CopyTo(_bodies.AsSpan(begin));
        _end = begin + message.Body.Length;
        _used += message.Body.Length;
        _size += message.Size();
        _messages.Enqueue(new Kept(message.Sequence, message.At, message.Author, message.Level, message.Nonce, begin, message.Body.Length, message.Size()));
    }

    private RoomMessage Message(Kept kept) =>
        new(kept.Sequence, kept.At, kept.Author, _bodies.AsSpan(kept.Begin, kept.Length).ToArray(), kept.Level, kept.Nonce);

    /// <summary>Finds where a body fits: behind the newest, or before the oldest.</summary>
    private int FindPlace(int length)
    {
        if (_messages.Count == 0) _end = 0;
        var begin = _messages.TryPeek(out var oldest) ? oldest.Begin : 0;
        var isAround = _messages.Count > 0 && _end <= begin;
        if (length <= (isAround ? begin : _bodies.Length) - _end) return _end;
        // What was large for a while does not stay so.
        if (!isAround && length <= begin && Capacity(length) >= _bodies.Length / 2) return 0;
        Move(Capacity(length));
        return _end;
    }

    /// <summary>How large the array should be, with a body more: a quarter larger than what is in it.</summary>
    private int Capacity(int length) => (int)Math.Min(Array.MaxLength, Math.Max(MinCapacity, (_used + (long)length) * 5 / 4));

    private void Move(int capacity)
    {
        var bodies = new byte[capacity];
        _end = 0;
        for (var left = _messages.Count; left > 0; left--)
        {
            var kept = _messages.Dequeue();
            _bodies.AsSpan(kept.Begin, kept.Length).CopyTo(bodies.AsSpan(_end));
            _messages.Enqueue(kept with { Begin = _end });
            _end += kept.Length;
        }
        _bodies = bodies;
    }

    private void ForgetOldest()
    {
        var oldest = _messages.Dequeue();
        _size -= oldest.Size;
        _used -= oldest.Length;
        _forgotten = oldest.Sequence;
    }

    private void Count(int before)
    {
        LastUsed = Stopwatch.GetTimestamp();
        budget.Count(this, before, _size);
    }

    /// <summary>A message whose body is elsewhere.</summary>
    private readonly record struct Kept(
        long Sequence, DateTimeOffset At, string Author, RoomLevel Level, string? Nonce, int Begin, int Length, int Size);
}
