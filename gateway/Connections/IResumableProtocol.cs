using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol whose sessions a transport can carry over to a new connection.</summary>
public interface IResumableProtocol : IEventProtocol
{
    /// <summary>
    /// Refuses an event that came with binary data, for which no protocol has a place. Never throws. What comes of it is what comes of
    /// any payload that is not acceptable.
    /// </summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">Its first argument, in which something else stands for the data.</param>
    Task RefuseBinary(string name, JsonElement payload);

    /// <summary>Goes on with the session of the connection's ticket.</summary>
    /// <param name="offset">The <see cref="ServerEvent.Offset"/> of the last event that the client has seen; null when it saw none.</param>
    Task<Resumption> Resume(string? offset);

    /// <summary>The client knows that its session goes on: sends what it missed beyond what <see cref="Resume"/> returned. Never throws.</summary>
    Task Resumed() => Task.CompletedTask;
}

/// <summary>
/// Whether a session goes on for a client that has come back: only if it can be sent everything from the first event that it has not seen.
/// </summary>
/// <param name="Offset">
/// The place of what it has seen and is sent by these events: it goes on from there. Null when the client has to begin anew.
/// </param>
/// <param name="Events">What it missed, for the transport to send; or what to tell it when it has begun anew.</param>
public sealed record Resumption(string? Offset, IReadOnlyList<ServerEvent> Events)
{
    /// <summary>The client begins anew, and is told this.</summary>
    public static Resumption Anew(params IReadOnlyList<ServerEvent> told) => new(null, told);
}
