using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>All activations of this process, by grain; brings requests to them and puts the idle ones away.</summary>
internal sealed class GrainEngine : IDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly IServiceProvider _services;
    private readonly ITimer _clock;
    private readonly Lock _tick = new();
    private long _lastCollection;
    private volatile bool _stopping;

    public GrainEngine(
        IServiceProvider services,
        TimeProvider time,
        IOptions<EmbeddedGrainOptions> options,
        ILogger<GrainEngine> logger)
    {
        _services = services;
        Time = time;
        Options = options.Value;
        Logger = logger;
        Pending = new PendingCalls(time, Options.ResponseTimeout);
        _lastCollection = time.GetTimestamp();
        var second = TimeSpan.FromSeconds(1);
        var period = Options.ResponseTimeout < 4 * second ? Options.ResponseTimeout / 4 : second;
        _clock = time.CreateTimer(static self => ((GrainEngine)self!).Tick(), this, period, period);
    }

    public TimeProvider Time { get; }

    public EmbeddedGrainOptions Options { get; }

    public ILogger Logger { get; }

    public PendingCalls Pending { get; }

    public GrainFactory References => field ??= _services.GetRequiredService<GrainFactory>();

    public AsyncServiceScope CreateScope() => _services.CreateAsyncScope();

    public Activation? Find(GrainId id) => _activations.GetValueOrDefault(id);

    public void Send(GrainClass grainClass, GrainId id, Request request)
    {
        if (_stopping && request.Caller is null)
        {
            request.Fail(new SiloUnavailableException($"The grains are being stopped; {request} is not called."));
            return;
        }

        if (request.ExpectsAnswer) Pending.Enter(request);
        try
        {
            // An activation that has just ended has put its successor, or nothing, in its place before it refuses.
            while (!Get(grainClass, id).TryReceive(request))
            {
            }
        }
        catch (LimitExceededException exception)
        {
            request.Fail(exception);
        }
    }

    /// <summary>Puts another activation, or none, in the place of one that ends.</summary>
    public void Replace(Activation ended, Activation? successor)
    {
        if (successor is not null) _activations[ended.GrainId] = successor;
        else _activations.TryRemove(KeyValuePair.Create(ended.GrainId, ended));
    }

    /// <summary>Ends all activations. From now on only grains can call grains.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process stops");
        while (!_activations.IsEmpty)
        {
            // More than one round: grains may still call others as they end, and waiting calls go to a next activation.
            var ended = _activations.Values.Select(activation => activation.EndAsync(reason)).ToList();
            await Task.WhenAll(ended).WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _clock.Dispose();

    private Activation Get(GrainClass grainClass, GrainId id) => _activations.GetOrAdd(
        id, static (id, made) => new Activation(made.Engine, made.Class, id), (Engine: this, Class: grainClass));

    private void Tick()
    {
        if (!_tick.TryEnter()) return;
        try
        {
            Pending.FailExpired();
            if (Time.GetElapsedTime(_lastCollection) < Options.CollectionQuantum) return;
            _lastCollection = Time.GetTimestamp();
            foreach (var (_, activation) in _activations) activation.EndIfIdle();
        }
        finally
        {
            _tick.Exit();
        }
    }
}
