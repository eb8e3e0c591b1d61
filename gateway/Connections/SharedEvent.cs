namespace Gatehouse.Gateway.Connections;

/// <summary>An event for many connections, encoded once for each transport.</summary>
public sealed class SharedEvent(ServerEvent named) : Formed<ServerEvent>(named)
{
    /// <summary>The event.</summary>
    public ServerEvent Event => Source;
}
