using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Silo;

/// <summary>Settings <c>Gatehouse:Silo</c>.</summary>
public sealed class SiloOptions
{
    /// <summary>Names the deployment's data: grain state is stored under it.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ServiceId { get; set; } = "gatehouse";

    /// <summary>Port on which silos speak to each other; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; }

    /// <summary>Port on which gateways reach the silo; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }
}
