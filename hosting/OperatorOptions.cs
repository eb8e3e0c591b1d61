using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Hosting;

/// <summary>Settings <c>Gatehouse:Operators</c>: where the program is looked after.</summary>
public sealed class OperatorOptions : IValidatableObject
{
    /// <summary>
    /// An address to listen on, such as <c>http://+:8081</c>, at which operators find what is theirs, and nobody else anything. Where there
    /// is none, all is served at <c>Urls</c>.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>
    /// Whether the console has Orleans' own dashboard. For silos and gateways alike: it counts every call of a grain.
    /// </summary>
    public bool Dashboard { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext context)
    {
        if (Url is { Length: > 0 } && PortOf(Url) is null)
        {
            yield return new($"'{Url}' is no address with a port, such as http://+:8081.", [nameof(Url)]);
        }
    }

    /// <summary>The port of an address; null when it names none.</summary>
    internal static int? PortOf(string? url)
    {
        try
        {
            var port = url is { Length: > 0 } ? BindingAddress.Parse(url).Port : 0;
            return port > 0 && url!.EndsWith($":{port}", StringComparison.Ordinal) ? port : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
