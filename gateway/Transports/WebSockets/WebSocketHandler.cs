using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using SocketIo;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.WebSockets;

/// <summary>Lets a protocol be spoken on the plain WebSockets of one path.</summary>
/// <param name="format">How its events are put into frames.</param>
/// <param name="speak">Makes the protocol of a connection.</param>
/// <param name="open">Where they are known.</param>
/// <param name="limiter">What limits them.</param>
public sealed class WebSocketHandler(
    IFrameFormat format, Func<IConnection, IEventProtocol> speak, OpenConnections open, Limiter limiter) : EngineHandler
{
    public override ValueTask OnOpenAsync(EngineConnection connection)
    {
        WebSocketConnection.Open(connection, format, limiter, speak);
        GatewayMeters.ConnectionOpened("websocket");
        var opened = WebSocketConnection.Of(connection);
        open.Add(opened, opened.Protocol);
        return default;
    }

    public override async ValueTask OnMessageAsync(EngineConnection connection, EngineMessage message) =>
        await WebSocketConnection.Of(connection).Receive(message.Data, !message.IsBinary);

    public override async ValueTask OnCloseAsync(EngineConnection connection, DisconnectReason reason)
    {
        GatewayMeters.ConnectionClosed("websocket");
        if (reason == DisconnectReason.SlowConsumer) GatewayMeters.SlowConsumerDropped("websocket");
        open.Remove(WebSocketConnection.Of(connection));
        await WebSocketConnection.Of(connection).Protocol.Closed();
    }
}
