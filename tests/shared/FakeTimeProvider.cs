namespace Gatehouse.Testing;

/// <summary>
/// A clock that begins on a fixed day and that a test puts forward; timers that fall due by that fire at once, in their order.
/// In between it stands still or, for those who must live with code that waits for real time to pass, runs like any other.
/// </summary>
internal sealed class FakeTimeProvider(bool runs = false) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly long _began = System.GetTimestamp();
    private TimeSpan _skipped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private bool Runs => runs;

    private TimeSpan Elapsed => _skipped + (runs ? System.GetElapsedTime(_began) : TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return Start + Elapsed;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return Elapsed.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Puts the clock forward.</summary>
    public void Advance(TimeSpan time)
    {
        FakeTimer[] timers;
        lock (_gate)
        {
            _skipped += time;
            timers = [.. _timers.OrderBy(timer => timer.Due)];
        }
        foreach (var timer in timers) timer.Look();
    }

    private sealed class FakeTimer : ITimer
    {
        private readonly FakeTimeProvider _clock;
        private readonly Action _fire;
        private readonly ITimer _alarm;
        private TimeSpan _period;

        public FakeTimer(FakeTimeProvider clock, Action fire)
        {
            (_clock, _fire) = (clock, fire);
            _alarm = System.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._gate)
            {
                _clock._timers.Remove(this);
                if (dueTime < TimeSpan.Zero) return true;
                (Due, _period) = (_clock.Elapsed + dueTime, period);
                _clock._timers.Add(this);
                Arm();
            }
            // What is due at once must not wait for somebody to advance a clock that stands still.
            if (dueTime == TimeSpan.Zero) ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Look(), this, false);
            return true;
        }

        /// <summary>Fires if it is time.</summary>
        public void Look()
        {
            lock (_clock._gate)
            {
                if (!_clock._timers.Contains(this)) return;
                if (Due > _clock.Elapsed)
                {
                    Arm();
                    return;
                }
                if (_period > TimeSpan.Zero) Due = _clock.Elapsed + _period;
                else _clock._timers.Remove(this);
                Arm();
            }
            _fire();
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _alarm.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm()
        {
            var wait = Due - _clock.Elapsed + TimeSpan.FromMilliseconds(1);
            if (_clock.Runs) _alarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
