using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>
/// One instance of a grain with its queue of calls. Its life: new (nothing has called it yet), starting, active,
/// ending, ended.
/// </summary>
internal sealed partial class Activation(GrainEngine engine, GrainClass grainClass, GrainId id)
    : TurnScheduler, IGrainContext
{
    private readonly Queue<Call> _ordinary = new();
    private readonly Queue<Call> _interleaving = new();
    private GrainTimers? _timers;
    private AsyncServiceScope _scope;
    private Life _life;
    private DeactivationReason? _reason;
    private TaskCompletionSource? _ended;
    private bool _used;
    private int _running;
    private int _runningWriters;
    private int _runningReaders;
    private long _lastUse = engine.Time.GetTimestamp();
    private DateTimeOffset _keepUntil;

    private enum Life
    {
        New,
        Starting,
        Active,
        Ending,
        Ended,
    }

    /// <summary>The activation whose turn this is; null outside of turns.</summary>
    public static new Activation? Current => TaskScheduler.Current as Activation;

    public GrainEngine Engine => engine;

    public GrainId GrainId => id;

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public GrainTimers Timers => _timers ??= new GrainTimers(this);

    // When the process stops there is no point in a next activation: this one runs what still waits. Nor is there in
    // one that wants to end before its first call, since the next would want it too.
    private bool MayRunCalls => _reason is null or { ReasonCode: DeactivationReasonCode.ShuttingDown } || !_used;

    private int Waiting => _ordinary.Count + _interleaving.Count;

    /// <summary>Queues a call. False if this activation has ended: the next one is to have it.</summary>
    /// <exception cref="LimitExceededException">Too many calls wait.</exception>
    public bool TryReceive(Call call)
    {
        lock (Gate)
        {
            if (_life == Life.Ended) return false;
            if (Waiting >= engine.Options.MaxQueuedCallsPerActivation && call is Request)
            {
                throw new LimitExceededException($"{this} has {Waiting} calls waiting and takes no more.");
            }

            (Interleaves(call) ? _interleaving : _ordinary).Enqueue(call);
            Schedule();
            return true;
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            _reason ??= deactivationReason;
            Schedule();
        }
    }

    /// <summary>Ends the activation. The task is done when it has ended; it never fails.</summary>
    public Task EndAsync(DeactivationReason reason)
    {
        lock (Gate)
        {
            if (_life == Life.Ended) return Task.CompletedTask;
            Deactivate(reason);
            return (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void EndIfIdle()
    {
        lock (Gate)
        {
            if (_life != Life.Active || _running + Waiting > 0) return;
            if (engine.Time.GetElapsedTime(_lastUse) < engine.Options.CollectionAge) return;
            if (engine.Time.GetUtcNow() < _keepUntil) return;
            Deactivate(new(DeactivationReasonCode.ActivationIdle, "No call for the collection age"));
        }
    }

    public void KeepFor(TimeSpan time)
    {
        var now = engine.Time.GetUtcNow();
        var forEver = time == Timeout.InfiniteTimeSpan || time > DateTimeOffset.MaxValue - now;
        lock (Gate) _keepUntil = forEver ? DateTimeOffset.MaxValue : now + time;
    }

    public override string ToString() => id.ToString();

    protected override object? TakeWork()
    {
        switch (_life)
        {
            case Life.New:
                _life = Life.Starting;
                return (Func<Task>)StartLifeAsync;
            case Life.Active when MayRunCalls && TakeCall() is { } call:
                return call;
            case Life.Active when _reason is not null && _running == 0:
                _life = Life.Ending;
                return (Func<Task>)EndLifeAsync;
            default:
                return null;
        }
    }

    protected override void Start(object work)
    {
        if (work is not Call call)
        {
            _ = ((Func<Task>)work)();
            return;
        }

        var outcome = call.Invoke(GrainInstance!);
        if (outcome.IsCompleted) Finish(call, outcome);
        // The awaiter brings the continuation back to this scheduler.
        else outcome.GetAwaiter().UnsafeOnCompleted(() => Finish(call, outcome));
    }

    private Call? TakeCall()
    {
        while (_interleaving.TryDequeue(out var call))
        {
            if (!call.IsAbandoned) return Count(call, 1);
        }

        while (_ordinary.TryPeek(out var call) && (call.IsAbandoned || MayStart(call)))
        {
            _ordinary.Dequeue();
            if (!call.IsAbandoned) return Count(call, 1);
        }

        return null;
    }

    private bool MayStart(Call call) => _runningWriters == 0 && (_runningReaders == 0 || call.IsReadOnly);

    private Call Count(Call call, int change)
    {
        _used = true;
        _running += change;
        if (Interleaves(call)) return call;
        if (call.IsReadOnly) _runningReaders += change;
        else _runningWriters += change;
        return call;
    }

    private bool Interleaves(Call call) => call.Interleaves || grainClass.IsReentrant;

    private void Finish(Call call, Task outcome)
    {
        if (outcome.Exception?.InnerException is InconsistentStateException { IsSourceActivation: true } exception)
        {
            // Before the caller learns of it, so that its next call finds the next activation.
            exception.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, exception, "The state in storage is another"));
        }

        lock (Gate)
        {
            Count(call, -1);
            if (call.KeepsAlive) _lastUse = engine.Time.GetTimestamp();
        }

        call.Complete(outcome);
    }
}
