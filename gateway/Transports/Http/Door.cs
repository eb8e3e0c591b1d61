namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Marks an endpoint at which connections begin.</summary>
/// <param name="SessionParameter">The parameter by which a request says that it belongs to one that has begun; null when none does.</param>
public sealed record Door(string? SessionParameter);
