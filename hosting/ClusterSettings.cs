using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Hosting;

/// <summary>Settings <c>Gatehouse:Cluster</c>: the same for all silos and gateways that belong together.</summary>
public sealed class ClusterSettings
{
    /// <summary>Names the deployment's data: grain state is stored under it.</summary>
    [Required(AllowEmptyStrings = false), StringLength(150)]
    public string ServiceId { get; set; } = "gatehouse";

    /// <summary>Names the cluster: processes on one database that say the same here find each other.</summary>
    [Required(AllowEmptyStrings = false), StringLength(150)]
    public string ClusterId { get; set; } = "gatehouse";
}
