using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Gateways;

/// <summary>Settings <c>Gatehouse:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>How long a gateway that falls silent still counts as alive.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);
}
