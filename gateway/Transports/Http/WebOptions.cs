using System.ComponentModel.DataAnnotations;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Settings <c>Gatehouse:Web</c>: how browsers and proxies find the service.</summary>
public sealed class WebOptions : IValidatableObject
{
    /// <summary>
    /// Origins of other sites whose pages may use this service, as <c>https://app.example.org</c>; <c>null</c> and <c>file://</c>
    /// too. Pages of this service may in any case, and so may clients that are no browsers.
    /// </summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>
    /// The path below which browsers see the service, as <c>/gatehouse</c>. Requests are answered with it and without, because
    /// some proxies take it away.
    /// </summary>
    [RegularExpression("""(/[\w.~-]+)+""", ErrorMessage = "must be a path such as /gatehouse.")]
    public string? PathBase { get; set; }

    /// <summary>
    /// Whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed: how many proxies stand in front (<c>2</c>), their
    /// networks and addresses (<c>10.0.0.0/8,192.0.2.7</c>), or both. Nobody's by default.
    /// </summary>
    public string? TrustedProxies { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext context)
    {
        foreach (var origin in AllowedOrigins.Where(origin => origin == "*" || !OriginPolicy.IsValid(origin)))
        {
            yield return new($"'{origin}' is no origin such as https://app.example.org.", [nameof(AllowedOrigins)]);
        }
        if (TrustedProxies is { Length: > 0 } proxies && Http.TrustedProxies.Parse(proxies) is null)
        {
            yield return new("must be a number of proxies, their networks, or both, as 2,10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }
}
