using System.Diagnostics;

namespace Gatehouse.Gateway.Observability;

/// <summary>
/// A client event that is being handled, as operators see it: counted when it comes, traced until it is over, counted again and
/// logged when it fails. Every event of every protocol has one, so whatever else is to be observed of events has its place here.
/// </summary>
public readonly struct EventScope : IDisposable
{
    private readonly EventTally _events;
    private readonly ILogger _logger;
    private readonly Activity? _activity;

    private EventScope(EventTally events, ILogger logger, OpeningTrace opening)
    {
        (_events, _logger) = (events, logger);
        _activity = GatewayTraces.EventReceived(events.Protocol, events.Name, opening);
    }

    /// <summary>An event has come.</summary>
    /// <param name="protocol">The protocol's name.</param>
    /// <param name="name">The event's name; null for one that the protocol does not know, whose name may be anything.</param>
    /// <param name="logger">The protocol's log.</param>
    /// <param name="opening">How the connection began; nothing for an event that is a request of its own.</param>
    public static EventScope Begin(string protocol, string? name, ILogger logger, OpeningTrace opening = default) =>
        Begin(GatewayMeters.EventsOf(protocol, name ?? "unknown"), logger, opening);

    /// <inheritdoc cref="Begin(string, string?, ILogger, OpeningTrace)"/>
    /// <param name="events">What counts it.</param>
    public static EventScope Begin(EventTally events, ILogger logger, OpeningTrace opening)
    {
        events.Received.Add(1);
        return new EventScope(events, logger, opening);
    }

    /// <summary>It failed for a reason of ours.</summary>
    public void Failed(Exception failure)
    {
        EventLog.Failed(_logger, failure, _events.Protocol, _events.Name);
        _events.Failed.Add(1);
        _activity?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>It is over, whatever came of it.</summary>
    public void Dispose() => _activity?.Dispose();
}

internal static partial class EventLog
{
    [LoggerMessage(LogLevel.Warning, "{Protocol}: {Event} failed")]
    public static partial void Failed(ILogger logger, Exception failure, string protocol, string @event);
}
