using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Hosting;

/// <summary>Settings <c>Gatehouse:Cluster</c>: the same for all silos and gateways that belong together.</summary>
public sealed class ClusterSettings : IValidatableObject
{
    /// <summary>Names the deployment's data: grain state is stored under it.</summary>
    [Required(AllowEmptyStrings = false), StringLength(150)]
    public string ServiceId { get; set; } = "gatehouse";

    /// <summary>Names the cluster: processes on one database that say the same here find each other.</summary>
    [Required(AllowEmptyStrings = false), StringLength(150)]
    public string ClusterId { get; set; } = "gatehouse";

    /// <summary>A PEM file with this process's certificate, for TLS between the processes of the cluster; null for none. Read at start.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the private key of it.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>A PEM file with the certificate of the authority that has signed those of all processes, and those of nobody else.</summary>
    public string? AuthorityFile { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext context)
    {
        string[] all = [nameof(CertificateFile), nameof(CertificateKeyFile), nameof(AuthorityFile)];
        if (new[] { CertificateFile, CertificateKeyFile, AuthorityFile }.Count(file => file is null) is 1 or 2)
            yield return new("all three or none.", all);
    }
}
