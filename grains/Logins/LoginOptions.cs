using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Logins;

/// <summary>Settings <c>Gatehouse:Login</c>: when failed logins lock somebody out.</summary>
public sealed class LoginOptions
{
    /// <summary>Wrong passwords for one account within <see cref="Window"/> that lock it.</summary>
    [Range(1, 1_000_000)]
    public int AccountFailures { get; set; } = 10;

    /// <summary>Failed logins from one address (IPv6: one /64) within <see cref="Window"/> that shut it out.</summary>
    [Range(1, 1_000_000)]
    public int AddressFailures { get; set; } = 100;

    /// <summary>Over how long failures are counted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a lock holds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(15);
}
