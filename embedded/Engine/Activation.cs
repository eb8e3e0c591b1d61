using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>
/// One instance of a grain with its queue of calls. Its life: new (nothing has called it yet), starting, active, ending, ended.
/// </summary>
internal sealed class Activation(GrainEngine engine, GrainClass grainClass, GrainId id) : TurnScheduler, IGrainContext
{
    private readonly Queue<Call> _ordinary = new();
    private readonly Queue<Call> _interleaving = new();
    private GrainTimers? _timers;
    private AsyncServiceScope _scope;
    private Life _life;
    private DeactivationReason? _reason;
    private TaskCompletionSource? _ended;
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

    /// <summary>Queues a call. False if this activation has ended: the next one is to have it.</summary>
    /// <exception cref="LimitExceededException">Too many calls wait.</exception>
    public bool TryReceive(Call call)
    {
        lock (Gate)
        {
            if (_life == Life.Ended) return false;
            if (_ordinary.Count + _interleaving.Count >= engine.Options.MaxQueuedCallsPerActivation)
            {
                throw new LimitExceededException($"{this} has {_ordinary.Count + _interleaving.Count} calls waiting and takes no more.");
            }

            (call.Interleaves || grainClass.IsReentrant ? _interleaving : _ordinary).Enqueue(call);
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
            if (_life != Life.Active || _running + _ordinary.Count + _interleaving.Count > 0) return;
            if (engine.Time.GetElapsedTime(_lastUse) < engine.Options.CollectionAge || engine.Time.GetUtcNow() < _keepUntil) return;
            Deactivate(new(DeactivationReasonCode.ActivationIdle, "No call for the collection age"));
        }
    }

    public void KeepFor(TimeSpan time)
    {
        var until = time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : engine.Time.GetUtcNow() + time;
        lock (Gate) _keepUntil = until;
    }

    public override string ToString() => id.ToString();

    protected override object? TakeWork()
    {
        switch (_life)
        {
            case Life.New:
                _life = Life.Starting;
                return (Func<Task>)StartLifeAsync;
            // When the process stops there is no point in a next activation: this one runs what still waits.
            case Life.Active when _reason is null or { ReasonCode: DeactivationReasonCode.ShuttingDown } && TakeCall() is { } call:
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

        while (_ordinary.TryPeek(out var call) && (_runningWriters == 0 || call.IsAbandoned))
        {
            var abandoned = call.IsAbandoned;
            if (!abandoned && _runningReaders > 0 && !call.IsReadOnly) return null;
            _ordinary.Dequeue();
            if (!abandoned) return Count(call, 1);
        }

        return null;
    }

    private Call Count(Call call, int change)
    {
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

    private async Task StartLifeAsync()
    {
        var limit = engine.Options.ResponseTimeout;
        using var over = new CancellationTokenSource(limit, engine.Time);
        try
        {
            await ActivateAsync(over.Token).WaitAsync(limit, engine.Time);
            lock (Gate) _life = Life.Active;
        }
        catch (Exception exception)
        {
            engine.Logger.ActivationFailed(exception, this);
            await LeaveAsync(exception);
        }
    }

    private async Task ActivateAsync(CancellationToken cancellationToken)
    {
        _scope = engine.CreateScope();
        (GrainInstance, var states) = grainClass.Create(this);
        foreach (var state in states) await state.ReadStateAsync(cancellationToken);
        await ((IGrainBase)GrainInstance).OnActivateAsync(cancellationToken);
    }

    private async Task EndLifeAsync()
    {
        var limit = engine.Options.DeactivationTimeout;
        using var over = new CancellationTokenSource(limit, engine.Time);
        try
        {
            _timers?.DisposeAll();
            await ((IGrainBase)GrainInstance!).OnDeactivateAsync(_reason!.Value, over.Token).WaitAsync(limit, engine.Time);
        }
        catch (Exception exception)
        {
            engine.Logger.DeactivationFailed(exception, this);
        }

        await LeaveAsync(failure: null);
    }

    private async Task LeaveAsync(Exception? failure)
    {
        try
        {
            _timers?.DisposeAll();
            if (GrainInstance is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
            else (GrainInstance as IDisposable)?.Dispose();
            await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            engine.Logger.DeactivationFailed(exception, this);
        }

        Activation? successor = null;
        lock (Gate)
        {
            _life = Life.Ended;
            if (failure is null) successor = MakeSuccessor();
            engine.Replace(this, successor);
        }

        successor?.Wake();
        foreach (var call in _ordinary.Concat(_interleaving)) call.Complete(Task.FromException(failure!));
        _ended?.SetResult();
    }

    // Takes the waiting calls along in their order, before anyone else can reach it.
    private Activation? MakeSuccessor()
    {
        var successor = new Activation(engine, grainClass, id);
        while (_ordinary.TryDequeue(out var call)) successor.Inherit(call, successor._ordinary);
        while (_interleaving.TryDequeue(out var call)) successor.Inherit(call, successor._interleaving);
        return successor._ordinary.Count + successor._interleaving.Count > 0 ? successor : null;
    }

    private void Inherit(Call call, Queue<Call> queue)
    {
        if (call is Request { IsAbandoned: false }) queue.Enqueue(call);
    }

    private void Wake()
    {
        lock (Gate) Schedule();
    }
}
