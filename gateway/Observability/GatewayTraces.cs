using System.Diagnostics;

namespace Gatehouse.Gateway.Observability;

/// <summary>
/// The spans of the gateway: source <c>Gatehouse.Gateway</c>. One for each client event, from which the calls to grains and their
/// statements descend, and one for each update of a room that is handed to its members here. Never an id, a name or an address as a
/// tag. Costs nothing when nobody listens.
/// </summary>
public static class GatewayTraces
{
    private static readonly ActivitySource Source = new(GatewayMeters.Name);

    /// <summary>Whether anybody listens.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>
    /// Begins the span of an event, which ends when it is disposed of. An event that is a request of its own is part of that. One of a
    /// connection is part of the client's trace, if it has one; if not it has a trace of its own, with a link to the request by which the
    /// connection began, because that may last for days.
    /// </summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="name">The event, as the protocol knows it: never what a stranger sent.</param>
    /// <param name="opening">How the connection began; nothing for an event that is a request of its own.</param>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? EventReceived(string protocol, string name, OpeningTrace opening)
    {
        if (!AreWanted) return null;
        var request = Activity.Current;
        if (opening != default) Activity.Current = null;
        var span = Source.StartActivity(
            opening == default ? ActivityKind.Internal : ActivityKind.Server,
            opening.IsClients ? opening.Request : default,
            [new("protocol", protocol), new("event", name)],
            opening == default || opening.IsClients ? null : [new ActivityLink(opening.Request)],
            name: $"{protocol} {name}");
        if (span is null) Activity.Current = request;
        return span;
    }

    /// <summary>Begins the span in which what a room tells is handed to its members here.</summary>
    public static Activity? RoomUpdated() => Source.StartActivity("room deliver", ActivityKind.Producer);
}
