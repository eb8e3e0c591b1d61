using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>Joins Engine.IO's connections to what Socket.IO keeps of them.</summary>
internal sealed class ClientHandler(SocketIoServer server) : EngineHandler
{
    internal override bool KeepsMessages => true;

    public override ValueTask OnOpenAsync(EngineConnection connection)
    {
        var client = new ClientConnection(server, connection);
        connection.Layer = client;
        return client.OpenAsync();
    }

    public override ValueTask OnMessageAsync(EngineConnection connection, EngineMessage message) => Client(connection).ReceiveAsync(message);

    public override ValueTask OnCloseAsync(EngineConnection connection, DisconnectReason reason) => Client(connection).CloseAsync(reason);

    internal override void OnTick(EngineConnection connection, long now) => (connection.Layer as ClientConnection)?.OnTick(now);

    private static ClientConnection Client(EngineConnection connection) => (ClientConnection)connection.Layer!;
}
