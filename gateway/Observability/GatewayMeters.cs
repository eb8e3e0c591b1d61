using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gatehouse.Gateway.Observability;

/// <summary>What the gateway counts: meter <c>Gatehouse.Gateway</c>. Never an id, a name or an address as a tag.</summary>
public static class GatewayMeters
{
    /// <summary>The meter's name, for exporters.</summary>
    public const string Name = "Gatehouse.Gateway";

    private static readonly Meter Meter = new(Name);

    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "gatehouse.connection.active", "{connection}", "Open client connections, by transport.");

    private static readonly UpDownCounter<long> Speaking = Meter.CreateUpDownCounter<long>(
        "gatehouse.connection.speaking", "{connection}", "Open client connections that have spoken, by protocol.");

    private static readonly ConcurrentDictionary<(string Protocol, string Name), EventTally> Events = new();

    private static readonly ConcurrentDictionary<string, Tally> SentBy = new(StringComparer.Ordinal);

    private static readonly Counter<long> Slow = Meter.CreateCounter<long>(
        "gatehouse.connection.dropped_slow", "{connection}", "Connections closed because the client did not read, by transport.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "gatehouse.limit.refused", "{request}", "What was refused because somebody did too much, by limit.");

    static GatewayMeters()
    {
        Meter.CreateObservableCounter(
            "gatehouse.event.received", () => Events.Values.Select(of => of.Received.Measure()),
            "{event}", "Client events, by protocol and event.");
        Meter.CreateObservableCounter(
            "gatehouse.event.failed", () => Events.Values.Select(of => of.Failed.Measure()),
            "{event}", "Client events that failed for a reason of ours, by protocol and event.");
        Meter.CreateObservableCounter(
            "gatehouse.event.sent", () => SentBy.Values.Select(sent => sent.Measure()), "{event}", "Server events, by transport.");
    }

    public static void ConnectionOpened(string transport)
    {
        Connections.Add(1, Tag("transport", transport));
        // So that the first one dropped is a rise, of which an alert can speak, and no new series.
        Slow.Add(0, Tag("transport", transport));
    }

    public static void ConnectionClosed(string transport) => Connections.Add(-1, Tag("transport", transport));

    public static void ProtocolBegun(string protocol) => Speaking.Add(1, Tag("protocol", protocol));

    public static void ProtocolEnded(string protocol) => Speaking.Add(-1, Tag("protocol", protocol));

    /// <summary>The client events of a protocol and a name.</summary>
    public static EventTally EventsOf(string protocol, string name) =>
        Events.GetOrAdd((protocol, name), static of => new EventTally(of.Protocol, of.Name));

    /// <summary>The events that a transport sends.</summary>
    public static Tally EventsSentBy(string transport) => SentBy.GetOrAdd(transport, static name => new Tally(Tag("transport", name)));

    public static void SlowConsumerDropped(string transport) => Slow.Add(1, Tag("transport", transport));

    public static void LimitRefused(string limit) => Refused.Add(1, Tag("limit", limit));

    /// <summary>So that its first refusal is a rise.</summary>
    public static void LimitExists(string limit) => Refused.Add(0, Tag("limit", limit));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
