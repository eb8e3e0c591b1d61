using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The answer to a socket request.</summary>
public sealed record ReactAuthResult([property: JsonPropertyName("success")] bool Success);

/// <summary>What the server says unasked: the session is over.</summary>
public sealed record ReactAuthNotice([property: JsonPropertyName("type")] string Type);
