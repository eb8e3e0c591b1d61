using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Gatehouse.Silo;

/// <summary>Settings <c>Gatehouse:Silo</c>.</summary>
public sealed class SiloOptions : IValidatableObject
{
    /// <summary>The IP address at which the other processes reach this one.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The IP address to listen on; null for <see cref="Address"/>.</summary>
    public string? ListenAddress { get; set; }

    /// <summary>Port on which silos speak to each other; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; }

    /// <summary>Port on which clients of the cluster reach the silo; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext context)
    {
        if (!IPAddress.TryParse(Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return new($"'{Address}' is no IP address that others could reach.", [nameof(Address)]);
        }
        if (ListenAddress is not null && !IPAddress.TryParse(ListenAddress, out _))
        {
            yield return new($"'{ListenAddress}' is no IP address.", [nameof(ListenAddress)]);
        }
        if (SiloPort != 0 && SiloPort == GatewayPort)
        {
            yield return new("The two ports must differ.", [nameof(SiloPort), nameof(GatewayPort)]);
        }
    }
}
