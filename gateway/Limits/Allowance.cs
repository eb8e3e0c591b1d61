namespace Gatehouse.Gateway.Limits;

/// <summary>
/// So much of something a second, and what was saved up at once. More can be taken, and is owed: whoever comes then waits until it is
/// paid for.
/// </summary>
/// <param name="perSecond">How much; 0 is without end.</param>
/// <param name="seconds">In so many seconds the most is saved up.</param>
/// <param name="time">The clock.</param>
internal sealed class Allowance(int perSecond, int seconds, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _left = (double)perSecond * seconds;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Takes so much, and says for how long whoever takes it has to wait first.</summary>
    public TimeSpan Take(int amount)
    {
        if (perSecond == 0) return TimeSpan.Zero;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var saved = _left + (perSecond * time.GetElapsedTime(_countedAt, now).TotalSeconds);
            _countedAt = now;
            _left = Math.Min(saved, (double)perSecond * seconds);
            var owed = -_left;
            _left -= amount;
            return owed > 0 ? TimeSpan.FromSeconds(owed / perSecond) : TimeSpan.Zero;
        }
    }
}
