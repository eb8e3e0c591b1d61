namespace SocketIo.EngineIo;

/// <summary>
/// What a program does with the connections of an Engine.IO endpoint. One instance serves them all; each connection's calls
/// come one after another.
/// </summary>
public abstract class EngineHandler
{
    /// <summary>A client has connected. Nothing is read from it before the task ends.</summary>
    public virtual ValueTask OnOpenAsync(EngineConnection connection) => default;

    /// <summary>
    /// A message has come. Nothing more is read from the connection, heartbeats included, before the task ends.
    /// An exception ends the connection.
    /// </summary>
    public abstract ValueTask OnMessageAsync(EngineConnection connection, EngineMessage message);

    /// <summary>Whether a message that has been taken in waits somewhere for its turn; otherwise the task is all there is of it.</summary>
    internal virtual bool KeepsMessages => false;

    /// <summary>The connection has ended; nothing can be sent any more. A message may still be in work.</summary>
    public virtual ValueTask OnCloseAsync(EngineConnection connection, DisconnectReason reason) => default;

    /// <summary>Called now and then, for time-outs of the layer above. Must be quick and must not throw.</summary>
    internal virtual void OnTick(EngineConnection connection, long now)
    {
    }
}
