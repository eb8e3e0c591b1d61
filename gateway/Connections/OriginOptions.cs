namespace Gatehouse.Gateway.Connections;

/// <summary>Settings <c>Gatehouse:Web</c>.</summary>
public sealed class OriginOptions
{
    /// <summary>
    /// Origins of other sites whose pages may use this service, as <c>https://app.example.org</c>. Pages of this service may in
    /// any case, and so may clients that are no browsers.
    /// </summary>
    public string[] AllowedOrigins { get; set; } = [];
}
