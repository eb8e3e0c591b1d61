using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>How an activation begins and ends. All of it runs in its own turns.</summary>
internal sealed partial class Activation
{
    private async Task StartLifeAsync()
    {
        try
        {
            await WithinAsync(engine.Options.ResponseTimeout, "start", ActivateAsync);
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
        try
        {
            _timers?.DisposeAll();
            var grain = (IGrainBase)GrainInstance!;
            await WithinAsync(
                engine.Options.DeactivationTimeout, "end", token => grain.OnDeactivateAsync(_reason!.Value, token));
        }
        catch (Exception exception)
        {
            engine.Logger.DeactivationFailed(exception, this);
        }

        await LeaveAsync(failure: null);
    }

    private async Task WithinAsync(TimeSpan limit, string what, Func<CancellationToken, Task> work)
    {
        using var over = new CancellationTokenSource(limit, engine.Time);
        try
        {
            await work(over.Token).WaitAsync(over.Token);
        }
        catch (OperationCanceledException exception) when (over.IsCancellationRequested)
        {
            throw new TimeoutException($"{this} took longer than {limit} to {what}.", exception);
        }
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
        return successor.Waiting > 0 ? successor : null;
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
