namespace Gatehouse.Gateway.Observability;

/// <summary>The client events of one protocol and one name, as they are counted.</summary>
/// <param name="protocol">The protocol's name.</param>
/// <param name="name">The event's name.</param>
public sealed class EventTally(string protocol, string name)
{
    public string Protocol => protocol;

    public string Name => name;

    /// <summary>Those that came.</summary>
    public Tally Received { get; } = TallyOf(protocol, name);

    /// <summary>Those of them that failed for a reason of ours. There from the first that came, so that the first failure is a rise.</summary>
    public Tally Failed { get; } = TallyOf(protocol, name);

    private static Tally TallyOf(string protocol, string name) => new(new("protocol", protocol), new("event", name));
}
