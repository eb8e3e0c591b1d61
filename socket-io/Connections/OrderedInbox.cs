namespace SocketIo;

/// <summary>
/// Handles items one after another, in order. While nothing is in work an item is handled at once, on the caller's thread and without
/// an allocation; otherwise it waits, and a caller who adds too many, or too much, waits too.
/// </summary>
internal abstract class OrderedInbox<T>(int maxItems, int maxBytes) where T : struct, IInboxItem<T>
{
    private Queue<T>? _waiting;
    private int _bytes;
    private TaskCompletionSource? _room;
    private bool _isBusy;

    /// <summary>Held for moments only, never while an item is handled. Whoever belongs to the connection shares it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Adds an item.</summary>
    /// <returns>A task that ends when there is room for more.</returns>
    protected ValueTask AddAsync(in T item)
    {
        lock (Gate)
        {
            if (_isBusy)
            {
                _waiting ??= new();
                _waiting.Enqueue(item.Keep());
                Count(item.Size);
                if (HasRoom) return default;
                _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(_room.Task);
            }

            _isBusy = true;
        }

        var task = HandleAsync(item);
        if (!task.IsCompleted || TryTake(out _, peek: true)) _ = WorkAsync(task);
        return default;
    }

    /// <summary>Drops what waits and holds bytes.</summary>
    protected void DropWaiting()
    {
        lock (Gate)
        {
            if (_waiting is null) return;
            _waiting = new(_waiting.Where(item => item.Size == 0));
            Count(-_bytes);
            GiveRoom();
        }
    }

    /// <summary>Handles an item; must not throw. What the item was made of is valid until it first waits.</summary>
    protected abstract ValueTask HandleAsync(T item);

    /// <summary>So many bytes more wait, or less. Called with the lock held.</summary>
    protected abstract void OnWaiting(int bytes);

    private bool HasRoom => _waiting is null || (_waiting.Count < maxItems && _bytes < maxBytes);

    private async Task WorkAsync(ValueTask first)
    {
        await first;
        while (TryTake(out var item, peek: false)) await HandleAsync(item);
    }

    // Without another item the inbox is idle again, unless this only asks.
    private bool TryTake(out T item, bool peek)
    {
        lock (Gate)
        {
            item = default;
            if (_waiting is null or { Count: 0 })
            {
                _isBusy = false;
                _waiting = null;
                return false;
            }

            if (peek) return true;
            item = _waiting.Dequeue();
            Count(-item.Size);
            if (HasRoom) GiveRoom();
            return true;
        }
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        OnWaiting(bytes);
    }

    private void GiveRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }
}
