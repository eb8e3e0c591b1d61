using System.Diagnostics;

namespace Gatehouse.Gateway.Observability;

/// <summary>
/// The spans of the gateway: source <c>Gatehouse.Gateway</c>, one span for each client event, from which the calls to grains
/// and their statements descend. Never an id, a name or an address as a tag. Costs nothing when nobody listens.
/// </summary>
public static class GatewayTraces
{
    private static readonly ActivitySource Source = new(GatewayMeters.Name);

    /// <summary>
    /// Begins the span of an event, which ends when it is disposed of. It has a trace of its own, with a link to the request that
    /// opened the connection, because that may last for days.
    /// </summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="name">The event, as the protocol knows it: never what a stranger sent.</param>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? EventReceived(string protocol, string name)
    {
        if (!Source.HasListeners()) return null;
        var request = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(
            ActivityKind.Server,
            tags: [new("protocol", protocol), new("event", name)],
            links: request is null ? null : [new ActivityLink(request.Context)],
            name: $"{protocol} {name}");
        if (span is null) Activity.Current = request;
        return span;
    }
}
