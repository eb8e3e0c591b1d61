namespace Gatehouse.Gateway.Connections;

/// <summary>A named event for a client, before any transport has encoded it.</summary>
/// <param name="Name">The name in the protocol's spelling.</param>
/// <param name="Payload">Its one argument, encodable as JSON; null where the event has none.</param>
/// <param name="Offset">Its place among the events that the client gets again if it missed them; null for any other.</param>
public readonly record struct ServerEvent(string Name, object? Payload = null, string? Offset = null);
