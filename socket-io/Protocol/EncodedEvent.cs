using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>
/// An event of a namespace, encoded once for any number of sockets: every transport and every revision sends the same bytes.
/// Immutable.
/// </summary>
public sealed class EncodedEvent
{
    private readonly EnginePacket[] _packets;
    private readonly bool _hasArguments;
    private EnginePacket[]? _withoutOffset;

    private EncodedEvent(string ns, string name, string? offset, bool hasArguments, EnginePacket[] packets)
    {
        Namespace = ns;
        Name = name;
        Offset = offset;
        _hasArguments = hasArguments;
        _packets = packets;
    }

    /// <summary>The namespace that it was encoded for.</summary>
    public string Namespace { get; }

    /// <summary>The event's name.</summary>
    public string Name { get; }

    /// <summary>The place in the client's stream of events, if it can be recovered.</summary>
    public string? Offset { get; }

    /// <summary>How many bytes it takes in a send queue.</summary>
    internal int Size => _packets.Sum(packet => packet.Size);

    /// <summary>Encodes an event.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="arguments">Anything that can be JSON; byte arrays and <see cref="Attachment"/> travel as binary.</param>
    /// <param name="options">How objects become JSON; by default with web names (camelCase), nothing escaped that need not be.</param>
    /// <param name="offset">
    /// The event's place in the client's stream, for a host that does its own recovery: letters, digits and <c>-._~</c>.
    /// Only clients that can recover get it, as the last argument; null stands before it where there is no other.
    /// </param>
    /// <exception cref="ArgumentException">The name is reserved, or the offset has other characters.</exception>
    public static EncodedEvent Create(
        string ns, string name, ReadOnlySpan<object?> arguments, JsonSerializerOptions? options = null, string? offset = null)
    {
        Check(name, offset);
        var packets = PacketWriter.Encode(
            SocketPacketType.Event, ns, id: null, name, arguments, offset, options ?? SocketJson.Default);
        return new(ns, name, offset, arguments.Length > 0, packets);
    }

    /// <summary>Encodes an event with arguments that came from a client.</summary>
    /// <inheritdoc cref="Create(string, string, ReadOnlySpan{object}, JsonSerializerOptions, string)"/>
    public static EncodedEvent Create(string ns, string name, SocketArguments arguments, string? offset = null)
    {
        Check(name, offset);
        var packets = PacketWriter.Encode(SocketPacketType.Event, ns, id: null, name, arguments, offset);
        return new(ns, name, offset, arguments.Count > 0, packets);
    }

    internal ReadOnlySpan<EnginePacket> PacketsFor(bool canRecover) =>
        canRecover || Offset is null ? _packets : WithoutOffset();

    internal static void Check(string name, string? offset)
    {
        if (ReservedNames.Contains(name)) throw new ArgumentException($"The name '{name}' is reserved.", nameof(name));
        if (offset is not null && (offset.Length == 0 || !offset.All(c => char.IsAsciiLetterOrDigit(c) || "-._~".Contains(c))))
            throw new ArgumentException("An offset consists of letters, digits and -._~.", nameof(offset));
    }

    private EnginePacket[] WithoutOffset() =>
        _withoutOffset ??= [PacketWriter.WithoutOffset(_packets[0], Offset!, _hasArguments), .. _packets.AsSpan(1)];
}
