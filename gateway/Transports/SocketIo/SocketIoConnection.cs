using System.Diagnostics;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using SocketIo;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>One Socket.IO client in one namespace.</summary>
public sealed class SocketIoConnection(ClientSocket socket, Limiter limiter) : IConnection
{
    private static readonly object Key = new();
    private static readonly Tally Sent = GatewayMeters.EventsSentBy("socket.io");

    private string _offset = "0.0";
    private long _replies;
    private AcknowledgedEvents? _acknowledged;

    // Not the socket's id: that one survives a recovery, and the detaching of the old connection must not hit the new one.
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string VisibleId => socket.Id;

    public CancellationToken Aborted => socket.Disconnected;

    public string Address { get; } = ClientAddress.Of(socket.Handshake.RemoteAddress);

    public OpeningTrace Opening { get; } = OpeningTrace.Of(Activity.Current);

    public ConnectionLimits Limits { get; } = limiter.Connect(ClientAddress.Of(socket.Handshake.RemoteAddress));

    public ConnectionTicket? Ticket { get; set; }

    /// <summary>What speaks on the connection.</summary>
    public FirstEventProtocol Protocol { get; private set; } = null!;

    /// <summary>Makes the connection of a socket that comes in, on which one of these protocols will be spoken.</summary>
    public static SocketIoConnection Open(ClientSocket socket, IReadOnlyList<SpokenProtocol> protocols, Limiter limiter)
    {
        var connection = new SocketIoConnection(socket, limiter);
        connection.Protocol = new FirstEventProtocol(protocols, connection);
        socket.Items[Key] = connection;
        return connection;
    }

    /// <summary>The connection that was made for a socket.</summary>
    public static SocketIoConnection Of(IDictionary<object, object?> items) => (SocketIoConnection)items[Key]!;

    /// <summary>Handles an event, once however often the client repeats it, and acknowledges it if the client wants that.</summary>
    public async Task Receive(SocketEvent received)
    {
        var entry = (AcknowledgedEvents.Entry?)null;
        if (received.WantsAck && !(_acknowledged ??= new()).TryAdd(received, out entry))
        {
            await entry.Acknowledged.Task;
            received.Ack();
            return;
        }
        if (received.Arguments.Attachments.Count == 0)
        {
            await Protocol.Receive(received.Name, received.Arguments[0], entry is null ? null : _ => Acknowledge());
            return;
        }
        await Protocol.RefuseBinary(received.Name, received.Arguments[0]);
        if (entry is not null) Acknowledge();

        void Acknowledge()
        {
            received.Ack();
            entry.Acknowledged.SetResult();
        }
    }

    public Task Send(IReadOnlyList<ServerEvent> events)
    {
        foreach (var named in events)
        {
            // The client takes a last argument that is a string for the offset, so each event must have one, and one of its own:
            // the library drops what has an offset that was among the missed ones.
            _offset = named.Offset ?? _offset;
            var offset = named.Offset ?? $"{_offset}.{++_replies}";
            socket.Send(Encode(socket.Namespace.Name, named with { Offset = offset }));
        }
        Sent.Add(events.Count);
        return Task.CompletedTask;
    }

    public void Deliver(SharedEvents shared)
    {
        _offset = shared.Events[^1].Offset ?? _offset;
        Sent.Add(shared.Events.Length);
        socket.Send(shared.For(socket.Namespace, static (ns, events) =>
        {
            var encoded = new EncodedEvent[events.Length];
            for (var index = 0; index < encoded.Length; index++) encoded[index] = Encode(ns.Name, events[index]);
            return new EncodedEvents(encoded);
        }));
    }

    public Task<bool> Taken() => socket.TakenAsync();

    public Task Close()
    {
        socket.Disconnect(closeConnection: true);
        return Task.CompletedTask;
    }

    public Task MoveAway()
    {
        socket.MoveAway();
        return Task.CompletedTask;
    }

    /// <summary>What follows continues from the last event that the client has seen, or that the library sends it as missed.</summary>
    public void ContinueFrom(string offset) => _offset = offset;

    /// <summary>An event as the library sends it.</summary>
    public static EncodedEvent Encode(string ns, ServerEvent named) =>
        EncodedEvent.Create(ns, named.Name, named.Payload is null ? [] : [named.Payload], offset: named.Offset);
}
