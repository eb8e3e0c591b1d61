using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using SocketIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>One Socket.IO client in one namespace.</summary>
public sealed class SocketIoConnection(ClientSocket socket) : IConnection
{
    private string _offset = "0.0";

    // Not the socket's id: that one survives a recovery, and the farewell of the old connection must not hit the new one.
    public string Id { get; } = RandomId.New();

    public string Address { get; } = ClientAddress.Of(socket.Handshake.RemoteAddress);

    public ConnectionTicket? Ticket { get; set; }

    public Task Send(IReadOnlyList<ServerEvent> events)
    {
        foreach (var (name, payload, offset) in events)
        {
            // The client takes a last argument that is a string for the offset, so each event must have one.
            _offset = offset ?? _offset;
            socket.Send(Encode(socket.Namespace.Name, name, payload, _offset));
        }
        GatewayMeters.EventsSent("socket.io", events.Count);
        return Task.CompletedTask;
    }

    /// <summary>What was missed is sent by the library; what follows continues from there.</summary>
    public void ContinueFrom(string? offset) => _offset = offset ?? _offset;

    /// <summary>An event as the library sends it.</summary>
    public static EncodedEvent Encode(string ns, string name, object? payload, string? offset) =>
        EncodedEvent.Create(ns, name, payload is null ? [] : [payload], offset: offset);
}
