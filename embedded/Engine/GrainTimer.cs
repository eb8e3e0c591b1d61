using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A timer and, since at most one tick of it is under way, its tick.</summary>
internal sealed class GrainTimer : Call, IGrainTimer
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly GrainTimers _owner;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private TimeSpan _next = Timeout.InfiniteTimeSpan;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _ticking;

    public GrainTimer(GrainTimers owner, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _owner = owner;
        _callback = callback;
        _options = options;
        _timer = owner.Activation.Engine.Time.CreateTimer(
            static self => ((GrainTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override bool Interleaves => _options.Interleave;

    public override bool KeepsAlive => _options.KeepAlive;

    public override bool IsAbandoned => _disposed.IsCancellationRequested;

    public override Task Invoke(object target)
    {
        try
        {
            return _callback(_disposed.Token) ?? throw new InvalidOperationException("The callback returned null.");
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    public override void Complete(Task outcome)
    {
        if (outcome.Exception?.InnerException is { } exception)
        {
            _owner.Activation.Engine.Logger.TimerFailed(exception, _owner.Activation);
        }

        lock (_gate)
        {
            _ticking = false;
            Arm();
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            (_next, _period) = (dueTime, period);
            if (!_ticking) Arm();
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _timer.Dispose();
        _owner.Remove(this);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time == Timeout.InfiniteTimeSpan) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest, name);
    }

    private void Arm()
    {
        if (!IsAbandoned) _timer.Change(_next, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_ticking || IsAbandoned) return;
            _ticking = true;
            _next = _period;
        }

        _owner.Activation.TryReceive(this);
    }
}
