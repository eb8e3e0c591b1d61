namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol that can tell which events it knows, before any connection speaks it.</summary>
public interface INamesEvents
{
    /// <summary>The names of its client events, in their exact spelling.</summary>
    static abstract IEnumerable<string> EventNames { get; }
}
