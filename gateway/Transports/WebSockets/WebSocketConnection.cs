using System.Buffers;
using System.Diagnostics;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.WebSockets;

/// <summary>One plain WebSocket, whose frames have the protocol's own format.</summary>
public sealed class WebSocketConnection(EngineConnection socket, IFrameFormat format, Limiter limiter) : IConnection
{
    private static readonly object Key = new();
    private static readonly Tally Sent = GatewayMeters.EventsSentBy("websocket");

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public CancellationToken Aborted => socket.Closed;

    public string Address { get; } = ClientAddress.Of(socket.Handshake.RemoteAddress);

    public OpeningTrace Opening { get; } = OpeningTrace.Of(Activity.Current);

    public ConnectionLimits Limits { get; } = limiter.Connect(ClientAddress.Of(socket.Handshake.RemoteAddress));

    /// <summary>What speaks on the connection.</summary>
    public IEventProtocol Protocol { get; private set; } = null!;

    /// <summary>Makes the connection of a socket that comes in.</summary>
    public static void Open(EngineConnection socket, IFrameFormat format, Limiter limiter, Func<IConnection, IEventProtocol> speak)
    {
        var connection = new WebSocketConnection(socket, format, limiter);
        connection.Protocol = speak(connection);
        socket.Items[Key] = connection;
    }

    /// <summary>The connection that was made for a socket.</summary>
    public static WebSocketConnection Of(EngineConnection socket) => (WebSocketConnection)socket.Items[Key]!;

    public Task Send(IReadOnlyList<ServerEvent> events)
    {
        var frames = new EnginePacket[events.Count];
        for (var index = 0; index < frames.Length; index++)
        {
            var named = events[index];
            frames[index] = Encode(output => format.WriteEvent(output, named));
        }
        socket.Send(frames);
        Sent.Add(events.Count);
        return Task.CompletedTask;
    }

    public Task<bool> Taken() => socket.TakenAsync();

    public Task Close()
    {
        socket.Close();
        return Task.CompletedTask;
    }

    public Task MoveAway()
    {
        socket.MoveAway();
        return Task.CompletedTask;
    }

    /// <summary>Handles one message and sends its answer.</summary>
    public async Task Receive(ReadOnlyMemory<byte> message, bool isText)
    {
        var request = format.Read(message, isText);
        if (request.Refusal is { } refusal)
        {
            // No event, and counts as one.
            await Limits.Count(message.Length, Aborted);
            await Send([refusal]);
            return;
        }
        await Protocol.Receive(request.Name, request.Payload, answer =>
        {
            if (answer is not null) socket.Send(Encode(output => format.WriteAnswer(output, request, answer)));
        });
    }

    private static EnginePacket Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return EnginePacket.FromPlainUtf8(output.WrittenSpan);
    }
}
