using System.Diagnostics;

namespace Gatehouse.Gateway.Observability;

/// <summary>
/// The spans of the gateway: source <c>Gatehouse.Gateway</c>, one span for each client event, from which the calls to grains
/// and their statements descend. Never an id, a name or an address as a tag. Costs nothing when nobody listens.
/// </summary>
public static class GatewayTraces
{
    private static readonly ActivitySource Source = new(GatewayMeters.Name);

    /// <summary>What a connection keeps of the request that opened it; nothing when nobody listens.</summary>
    public static ActivityContext Opening(Activity? request) => request is not null && Source.HasListeners() ? request.Context : default;

    /// <summary>
    /// Begins the span of an event, which ends when it is disposed of. It has a trace of its own, with a link to the request that
    /// opened the connection, because that may last for days.
    /// </summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="name">The event, as the protocol knows it: never what a stranger sent.</param>
    /// <param name="opening">See <see cref="Opening"/>; nothing for an event that is a request of its own.</param>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? EventReceived(string protocol, string name, ActivityContext opening)
    {
        if (!Source.HasListeners()) return null;
        var request = Activity.Current;
        Activity.Current = null;
        if (opening == default && request is not null) opening = request.Context;
        var span = Source.StartActivity(
            ActivityKind.Server,
            tags: [new("protocol", protocol), new("event", name)],
            links: opening == default ? null : [new ActivityLink(opening)],
            name: $"{protocol} {name}");
        if (span is null) Activity.Current = request;
        return span;
    }
}
