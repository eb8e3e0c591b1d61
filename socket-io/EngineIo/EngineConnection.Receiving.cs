namespace SocketIo.EngineIo;

public sealed partial class EngineConnection
{
    private long _unhandled;
    private TaskCompletionSource? _room;

    /// <summary>How many bytes the client has sent that are held here and not handled yet.</summary>
    internal long Unhandled => Volatile.Read(ref _unhandled);

    /// <summary>So many bytes more are held, or less.</summary>
    internal void Hold(int bytes) => _server.Budget.Add(ref _unhandled, bytes);

    /// <summary>Waits while this client may not be read on.</summary>
    private Task RoomAsync()
    {
        if (_server.Budget.HasRoom(Unhandled)) return Task.CompletedTask;
        lock (_gate)
        {
            if (_state != State.Open) return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_room.Task, _server.Budget.FreedAsync());
        }
    }

    // The caller holds the lock.
    private void GiveRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private ValueTask HandleAsync(EngineMessage message) =>
        message.Data.Length <= LargeMessageGate.Small || _server.Handler.KeepsMessages
            ? _server.Handler.OnMessageAsync(this, message)
            : HandleLargeAsync(message);

    private async ValueTask HandleLargeAsync(EngineMessage message)
    {
        var size = message.Data.Length;
        await _server.Budget.Large.EnterAsync(size);
        try
        {
            await _server.Handler.OnMessageAsync(this, message);
        }
        finally
        {
            _server.Budget.Large.Leave(size);
        }
    }
}
