namespace Gatehouse.Gateway.Observability;

/// <summary>The client events of one protocol and one name, as they are counted.</summary>
/// <param name="protocol">The protocol's name.</param>
/// <param name="name">The event's name.</param>
/// <param name="tags">Both, as tags of the counters.</param>
public sealed class EventTally(string protocol, string name, params KeyValuePair<string, object?>[] tags)
{
    public string Protocol => protocol;

    public string Name => name;

    /// <summary>Those that came.</summary>
    public Tally Received { get; } = new(tags);

    /// <summary>Those of them that failed for a reason of ours. There from the first that came, so that the first failure is a rise.</summary>
    public Tally Failed { get; } = new(tags);
}
