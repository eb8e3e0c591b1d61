namespace SocketIo.EngineIo;

/// <summary>
/// Lets in as many large messages at a time as there is memory for: parsed, JSON takes up to eight times the bytes of its text, and
/// keeps them until its handler ends. What is within its share of the limit does not wait, whatever others brought.
/// </summary>
internal sealed class LargeMessageGate(long limit)
{
    /// <summary>What is not longer than this need not enter.</summary>
    public const int Small = 4096;

    private const long Growth = 8;

    private readonly Lock _gate = new();
    private readonly Queue<(long Cost, TaskCompletionSource Turn)> _waiting = new();
    private long _inside;
    private int _count;

    /// <summary>Waits until a message of so many bytes may be handled; <see cref="Leave"/> must follow.</summary>
    public Task EnterAsync(int size)
    {
        var cost = Growth * size;
        lock (_gate)
        {
            if ((_waiting.Count == 0 && Fits(cost)) || cost <= limit / (_count + _waiting.Count + 1))
            {
                Take(cost);
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((cost, turn));
            return turn.Task;
        }
    }

    /// <summary>A message of so many bytes has been handled.</summary>
    public void Leave(int size)
    {
        lock (_gate)
        {
            _inside -= Growth * size;
            _count--;
            while (_waiting.TryPeek(out var next) && Fits(next.Cost))
            {
                _waiting.Dequeue();
                Take(next.Cost);
                next.Turn.SetResult();
            }
        }
    }

    // One that is larger than all the room there is goes alone.
    private bool Fits(long cost) => _count == 0 || _inside + cost <= limit;

    private void Take(long cost)
    {
        _inside += cost;
        _count++;
    }
}
