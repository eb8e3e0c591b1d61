namespace Gatehouse.Gateway.Connections;

/// <summary>The events of one connection that are handled side by side, so few and so small that nobody else minds.</summary>
internal sealed class EventPipeline
{
    /// <summary>Most events at once, and most bytes of their payloads; a larger one is handled alone.</summary>
    private const int MaxEvents = 32, MaxBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private int _events, _bytes;
    private TaskCompletionSource? _empty;

    /// <summary>Whether an event with so many bytes may join those under way.</summary>
    public bool HasRoom(int bytes)
    {
        lock (_gate) return _events < MaxEvents && _bytes + bytes <= MaxBytes;
    }

    /// <summary>An event is under way until the task ends.</summary>
    public void Add(Task handling, int bytes)
    {
        if (handling.IsCompletedSuccessfully) return;
        lock (_gate) (_events, _bytes) = (_events + 1, _bytes + bytes);
        _ = RemoveAfter(handling, bytes);
    }

    /// <summary>Returns when none is under way.</summary>
    public Task Empty()
    {
        lock (_gate)
        {
            if (_events == 0) return Task.CompletedTask;
            return (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task RemoveAfter(Task handling, int bytes)
    {
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            (_events, _bytes) = (_events - 1, _bytes - bytes);
            if (_events > 0) return;
            _empty?.SetResult();
            _empty = null;
        }
    }
}
