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

    /// <summary>An event with so many bytes is under way from now on.</summary>
    public void Enter(int bytes)
    {
        lock (_gate) (_events, _bytes) = (_events + 1, _bytes + bytes);
    }

    /// <summary>It is not any more.</summary>
    public void Leave(int bytes)
    {
        lock (_gate)
        {
            (_events, _bytes) = (_events - 1, _bytes - bytes);
            if (_events > 0) return;
            _empty?.SetResult();
            _empty = null;
        }
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
}
