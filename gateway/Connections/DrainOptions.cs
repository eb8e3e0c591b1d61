using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Gateway.Connections;

/// <summary>Settings <c>Gatehouse:Gateway</c> of the doors.</summary>
public sealed class DrainOptions
{
    /// <summary>Over how long clients are told to move when the process is asked to stop; fewer than a thousand are told sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(10);
}
