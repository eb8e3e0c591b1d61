namespace SocketIo.EngineIo;

/// <summary>
/// How many bytes clients may have sent that nobody has handled yet: half-read messages, packets that wait their turn. When all of
/// them hold more than the limit, those that hold more than their share of it are read no further, and nobody else notices. At twice
/// the limit, nobody is who holds anything.
/// </summary>
internal sealed class ReceiveBudget(long limit)
{
    private const int LeastMessages = 4;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _freed;
    private long _held;
    private int _holders;

    public ReceiveBudget(EngineIoOptions options) : this(Math.Max(options.MaxReceivedBytes, LeastMessages * (long)options.MaxPayload))
    {
    }

    /// <summary>What is being handled of it, as far as it is large.</summary>
    public LargeMessageGate Large { get; } = new(limit);

    public long Held => Volatile.Read(ref _held);

    /// <summary>How much more is held than there should be.</summary>
    public long Excess => Held - limit;

    /// <summary>Whether a connection that holds so much may be read on.</summary>
    public bool HasRoom(long held) => Excess <= 0 || (Excess <= limit && !IsOverShare(held));

    /// <summary>Whether a connection holds more than it would if all held the same.</summary>
    public bool IsOverShare(long held) => held > limit / Math.Max(1, Volatile.Read(ref _holders));

    /// <summary>A connection holds so much more, or less.</summary>
    public void Add(ref long held, int bytes)
    {
        if (bytes == 0) return;
        var now = Interlocked.Add(ref held, bytes);
        if (now == 0) Interlocked.Decrement(ref _holders);
        else if (now == bytes) Interlocked.Increment(ref _holders);
        var all = Interlocked.Add(ref _held, bytes);
        if (all > limit || all - bytes <= limit) return;
        lock (_gate)
        {
            _freed?.TrySetResult();
            _freed = null;
        }
    }

    /// <summary>Ends when no more is held than there should be.</summary>
    public Task FreedAsync()
    {
        lock (_gate)
            return Excess <= 0 ? Task.CompletedTask : (_freed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }
}
