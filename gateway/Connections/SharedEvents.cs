using System.Collections.Immutable;

namespace Gatehouse.Gateway.Connections;

/// <summary>Events for many connections, in order and with nothing between them, encoded once for each transport.</summary>
public sealed class SharedEvents(ImmutableArray<ServerEvent> events) : EncodeOnce<ImmutableArray<ServerEvent>>(events)
{
    public SharedEvents(ServerEvent single) : this([single]) { }

    /// <summary>The events; at least one.</summary>
    public ImmutableArray<ServerEvent> Events => Source;
}
