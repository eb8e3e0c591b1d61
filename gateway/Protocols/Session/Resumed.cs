namespace Gatehouse.Gateway.Protocols.Session;

/// <summary>Payload of the extension event <c>resumed</c>, see docs/PROTOCOLS.md.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Secret">What resumes it on another connection.</param>
/// <param name="Recovered">Whether the earlier session goes on; the events that were missed follow.</param>
/// <param name="State">Its login state now.</param>
/// <param name="Sequence">The number of its newest event.</param>
public sealed record Resumed(string Session, string Secret, bool Recovered, string State, long Sequence);
