using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A reference to an observer, with the queue of its calls.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The generated proxies derive from it.")]
internal class ObserverReference : Reference
{
    private Channel<Request> _calls = null!;
    private ILogger _logger = null!;
    private PendingCalls _pending = null!;
    private volatile bool _deleted;
    private int _dropped;

    public override ILogger Logger => _logger;

    public ObserverReference To(IGrainObserver observer, GrainEngine engine)
    {
        var copy = (ObserverReference)MemberwiseClone();
        copy._logger = engine.Logger;
        copy._pending = engine.Pending;
        copy._calls = Channel.CreateBounded<Request>(
            new BoundedChannelOptions(engine.Options.MaxQueuedCallsPerObserver) { SingleReader = true });
        // Neither on the turn nor with the AsyncLocals of whoever makes this.
        ThreadPool.UnsafeQueueUserWorkItem(
            static pair => _ = pair.copy.RunCalls(pair.observer), (copy, observer), preferLocal: false);
        return copy;
    }

    public override void Send(Request request)
    {
        if (request.ExpectsAnswer) _pending.Enter(request);
        if (_calls.Writer.TryWrite(request)) return;
        if (_deleted) Refuse(request);
        else if (request.ExpectsAnswer) request.Fail(new LimitExceededException($"{this} has too many calls waiting."));
        else if (int.IsPow2(Interlocked.Increment(ref _dropped))) _logger.ObserverCallsDropped(this, _dropped);
    }

    public void Delete()
    {
        _deleted = true;
        _calls.Writer.TryComplete();
    }

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => $"observer {Shape.Type.Name}";

    private async Task RunCalls(IGrainObserver observer)
    {
        await foreach (var request in _calls.Reader.ReadAllAsync())
        {
            if (request.IsAbandoned) continue;
            if (_deleted)
            {
                Refuse(request);
                continue;
            }

            var outcome = request.Invoke(observer);
            await outcome.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            request.Complete(outcome);
        }
    }

    private void Refuse(Request request) => request.Fail(new ClientNotAvailableException($"{this} has been deleted."));
}
