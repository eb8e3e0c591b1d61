namespace SocketIo;

/// <summary>
/// Handles items one after another, in order. While nothing is in work an item is handled at once, on the caller's thread and without
/// an allocation; otherwise it waits, and a caller who adds too many waits too.
/// </summary>
internal abstract class OrderedInbox<T>(int limit)
{
    private Queue<T>? _waiting;
    private TaskCompletionSource? _room;
    private bool _isBusy;

    /// <summary>Held for moments only, never while an item is handled. Whoever belongs to the connection shares it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Adds an item.</summary>
    /// <returns>A task that ends when there is room for more.</returns>
    protected ValueTask AddAsync(T item)
    {
        lock (Gate)
        {
            if (_isBusy)
            {
                _waiting ??= new();
                _waiting.Enqueue(item);
                if (_waiting.Count < limit) return default;
                _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(_room.Task);
            }

            _isBusy = true;
        }

        var task = HandleAsync(item);
        if (!task.IsCompleted || TryTake(out _, peek: true)) _ = WorkAsync(task);
        return default;
    }

    /// <summary>Handles an item; must not throw.</summary>
    protected abstract ValueTask HandleAsync(T item);

    private async Task WorkAsync(ValueTask first)
    {
        await first;
        while (TryTake(out var item, peek: false)) await HandleAsync(item!);
    }

    // Without another item the inbox is idle again, unless this only asks.
    private bool TryTake(out T? item, bool peek)
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
            if (_waiting.Count < limit)
            {
                _room?.TrySetResult();
                _room = null;
            }

            return true;
        }
    }
}
