using System.Collections.Immutable;
using System.Diagnostics;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// The newest messages of a room, without gaps, in the memory of a process: as many as fit, here and into what all rooms share. Safe
/// to use from any thread; it may forget at any time.
/// </summary>
public sealed class RecentMessages(int maxMessages, int maxSize, RecentMessagesBudget budget) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<RoomMessage> _messages = new();
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
                _messages.Enqueue(message);
                _size += message.Size();
                while (_messages.Count > maxMessages || _size > maxSize) ForgetOldest();
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
            return [.. _messages.Where(message => message.Sequence > sequence)];
        }
    }

    /// <summary>A message; null when it is not here.</summary>
    public RoomMessage? Find(long sequence)
    {
        lock (_gate) return _messages.FirstOrDefault(message => message.Sequence == sequence);
    }

    /// <summary>Whether there is one by this author and name, see <see cref="RoomMessage.Nonce"/>.</summary>
    public bool Contains(string author, string nonce)
    {
        lock (_gate) return _messages.Any(message => message.Nonce == nonce && message.Author == author);
    }

    /// <summary>A message was deleted.</summary>
    public void Remove(long sequence)
    {
        lock (_gate)
        {
            var (before, left) = (_size, _messages.Where(message => message.Sequence != sequence).ToList());
            _messages.Clear();
            foreach (var message in left) _messages.Enqueue(message);
            _size = left.Sum(message => message.Size());
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

    // The caller holds the lock.
    private void ForgetOldest()
    {
        var oldest = _messages.Dequeue();
        _size -= oldest.Size();
        _forgotten = oldest.Sequence;
    }

    // The caller holds the lock.
    private void Count(int before)
    {
        LastUsed = Stopwatch.GetTimestamp();
        budget.Count(this, before, _size);
    }
}
