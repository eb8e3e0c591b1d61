namespace Orleans.Engine;

/// <summary>
/// Runs turns one at a time on the thread pool, on which it is only while there is something to run. A turn is a
/// continuation of an earlier one, which the tasks library queues here, or a new piece of work that the subclass lets
/// start.
/// </summary>
internal abstract class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    // After so many turns others get the thread, so that one busy grain cannot keep it.
    private const int TurnsPerRun = 64;

    private readonly Queue<Task> _continuations = new();
    private bool _scheduled;
    private bool _continuationsFirst;
    private int _thread;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Guards the queues of this class and of the subclass. Never held while a turn runs.</summary>
    protected Lock Gate { get; } = new();

    void IThreadPoolWorkItem.Execute()
    {
        // The run is itself a task of this scheduler: only so do awaits find the way back here, without a task for each
        // turn.
        var run = new Task(static self => ((TurnScheduler)self!).RunTurns(), this, TaskCreationOptions.DenyChildAttach);
        _thread = Environment.CurrentManagedThreadId;
        run.RunSynchronously(this);
    }

    /// <summary>
    /// Takes the next piece of work that may start now; null for none. Called with <see cref="Gate"/> held.
    /// </summary>
    protected abstract object? TakeWork();

    /// <summary>Starts what <see cref="TakeWork"/> gave. Must not throw.</summary>
    protected abstract void Start(object work);

    /// <summary>Makes sure that turns run. Called with <see cref="Gate"/> held.</summary>
    protected void Schedule()
    {
        if (_scheduled) return;
        _scheduled = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (Gate)
        {
            _continuations.Enqueue(task);
            Schedule();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        _thread == Environment.CurrentManagedThreadId && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (Gate) return [.. _continuations];
    }

    private void RunTurns()
    {
        var clean = ExecutionContext.Capture()!;
        for (var turns = 0; turns < TurnsPerRun; turns++)
        {
            object? turn;
            lock (Gate)
            {
                // Alternately, since either kind alone can go on for ever: a grain that polls, or callers that never
                // pause.
                _continuationsFirst = !_continuationsFirst;
                turn = _continuationsFirst ? TakeContinuation() ?? TakeWork() : TakeWork() ?? TakeContinuation();
                if (turn is null)
                {
                    _thread = 0;
                    _scheduled = false;
                    return;
                }
            }

            if (turn is Task continuation)
            {
                TryExecuteTask(continuation);
            }
            else
            {
                Start(turn);
                // What a call sets in an AsyncLocal must not reach the next call.
                ExecutionContext.Restore(clean);
            }
        }

        _thread = 0;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private Task? TakeContinuation() => _continuations.TryDequeue(out var task) ? task : null;
}
