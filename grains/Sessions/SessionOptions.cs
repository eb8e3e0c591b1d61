using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Sessions;

/// <summary>Settings <c>Gatehouse:Session</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>How long a resumable session outlives its last connection.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ResumeWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a session that a browser comes back to by cookie waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan CookieIdle { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long such a session lasts at most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan CookieLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many events the outbox keeps for a client that does not acknowledge; the oldest go first.</summary>
    [Range(1, 100_000)]
    public int OutboxLimit { get; set; } = 1000;
}
