using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>
/// Events that have been encoded and belong together: they go into a socket's send queue next to one another, at the price of
/// one. Immutable.
/// </summary>
public sealed class EncodedEvents
{
    private readonly EncodedEvent[] _events;
    private EnginePacket[]? _packets, _withoutOffsets;

    /// <summary>Puts events together.</summary>
    /// <exception cref="ArgumentException">There is none, or they were encoded for different namespaces.</exception>
    public EncodedEvents(params ReadOnlySpan<EncodedEvent> events)
    {
        if (events.IsEmpty) throw new ArgumentException("There is no event.", nameof(events));
        _events = events.ToArray();
        if (!Array.TrueForAll(_events, encoded => encoded.Namespace == Namespace))
            throw new ArgumentException("The events are for different namespaces.", nameof(events));
    }

    /// <summary>The namespace that they were encoded for.</summary>
    public string Namespace => _events[0].Namespace;

    internal ReadOnlySpan<EncodedEvent> Events => _events;

    internal ReadOnlySpan<EnginePacket> PacketsFor(bool canRecover) =>
        _events.Length == 1 ? _events[0].PacketsFor(canRecover)
            : canRecover ? _packets ??= Join(canRecover: true) : _withoutOffsets ??= Join(canRecover: false);

    private EnginePacket[] Join(bool canRecover)
    {
        var packets = new List<EnginePacket>(_events.Length);
        foreach (var encoded in _events) packets.AddRange(encoded.PacketsFor(canRecover));
        return packets.Exists(packet => packet.IsBinary) ? [.. packets] : [EnginePacket.Join([.. packets])];
    }
}
