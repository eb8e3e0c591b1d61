namespace SocketIo.EngineIo;

/// <summary>What happens to a connection whose send queue is full.</summary>
public enum SlowConsumerPolicy
{
    /// <summary>It is cut off with <see cref="DisconnectReason.SlowConsumer"/>; the client may come back and recover.</summary>
    Disconnect,

    /// <summary>The new message is dropped. What the protocol itself has to say still ends the connection.</summary>
    DropNewest,
}
