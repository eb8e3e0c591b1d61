namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Marks an endpoint at which connections begin.</summary>
/// <param name="SessionParameter">The parameter by which a request says that it belongs to one that has begun; null when none does.</param>
/// <param name="IsOpenedLater">Whether what begins is only announced: the connection is open while such a request is there.</param>
public sealed record Door(string? SessionParameter, bool IsOpenedLater = false)
{
    /// <summary>Whether a request begins a connection.</summary>
    public bool IsHandshake(HttpRequest request) =>
        !HttpMethods.IsOptions(request.Method) && (SessionParameter is null || !request.Query.ContainsKey(SessionParameter));

    /// <summary>Whether a request takes a place among the connections of its address.</summary>
    public bool TakesPlace(HttpRequest request) =>
        IsHandshake(request) || (IsOpenedLater && (UpgradeOrigins.IsUpgrade(request.HttpContext) || IsEventStream(request)));

    private static bool IsEventStream(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.Any(accepted => accepted?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
}
