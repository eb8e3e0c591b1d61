using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>A namespace: its handlers and its sockets. Set the handlers before the first client comes.</summary>
public sealed partial class SocketNamespace
{
    private readonly Dictionary<string, Func<ClientSocket, SocketEvent, ValueTask>> _handlers = new(StringComparer.Ordinal);
    private readonly Broadcast _everyone;
    private Func<ClientSocket, JsonElement, ValueTask<ConnectResult>>? _onConnect;
    private Func<ClientSocket, JsonElement, ValueTask>? _onConnected;
    private Func<ClientSocket, SocketEvent, ValueTask>? _onAny;
    private Func<ClientSocket, DisconnectReason, ValueTask>? _onDisconnect;

    internal SocketNamespace(SocketIoServer server, string name)
    {
        Server = server;
        Name = name;
        _everyone = new(this, [], []);
    }

    /// <summary>The name, beginning with a slash.</summary>
    public string Name { get; }

    /// <summary>The server that it belongs to.</summary>
    public SocketIoServer Server { get; }

    /// <summary>The number of sockets.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The sockets at this moment.</summary>
    public IReadOnlyCollection<ClientSocket> Sockets => _everyone.Sockets;

    /// <summary>All sockets, those too that are about to be let in: what is sent to them waits.</summary>
    internal Room Everyone { get; } = new(isPermanent: true);

    internal RoomTable Rooms { get; } = new();

    /// <summary>Held from the moment an event gets its offset until it is queued everywhere, so that both orders agree.</summary>
    internal Lock RecordGate { get; } = new();

    /// <summary>
    /// Decides who may enter; without such a handler everybody may. It gets the payload of the client's CONNECT (of revision 3: the query
    /// of its namespace), undefined if there is none. What it emits is sent after the acceptance. An exception refuses the client.
    /// </summary>
    public SocketNamespace OnConnect(Func<ClientSocket, JsonElement, ValueTask<ConnectResult>> handler)
    {
        _onConnect = handler;
        return this;
    }

    /// <summary>Does something with each client that has been let in, before its first event is handled. Gets what OnConnect got.</summary>
    public SocketNamespace OnConnected(Func<ClientSocket, JsonElement, ValueTask> handler)
    {
        _onConnected = handler;
        return this;
    }

    /// <summary>Does something with everybody who enters.</summary>
    public SocketNamespace OnConnect(Action<ClientSocket> handler) =>
        OnConnect((socket, _) =>
        {
            handler(socket);
            return new(ConnectResult.Accepted);
        });

    /// <summary>Handles an event. The packets of one connection are handled one after another, whatever their namespace.</summary>
    public SocketNamespace On(string name, Func<ClientSocket, SocketEvent, ValueTask> handler)
    {
        EncodedEvent.Check(name, offset: null);
        _handlers[name] = handler;
        return this;
    }

    /// <inheritdoc cref="On(string, Func{ClientSocket, SocketEvent, ValueTask})"/>
    public SocketNamespace On(string name, Action<ClientSocket, SocketEvent> handler) => On(name, AsTask(handler));

    /// <summary>Handles the events that have no handler of their own.</summary>
    public SocketNamespace OnAny(Func<ClientSocket, SocketEvent, ValueTask> handler)
    {
        _onAny = handler;
        return this;
    }

    /// <inheritdoc cref="OnAny(Func{ClientSocket, SocketEvent, ValueTask})"/>
    public SocketNamespace OnAny(Action<ClientSocket, SocketEvent> handler) => OnAny(AsTask(handler));

    /// <summary>Called once for each socket that had entered, after the handlers of its last events.</summary>
    public SocketNamespace OnDisconnect(Func<ClientSocket, DisconnectReason, ValueTask> handler)
    {
        _onDisconnect = handler;
        return this;
    }

    /// <inheritdoc cref="OnDisconnect(Func{ClientSocket, DisconnectReason, ValueTask})"/>
    public SocketNamespace OnDisconnect(Action<ClientSocket, DisconnectReason> handler) =>
        OnDisconnect((socket, reason) =>
        {
            handler(socket, reason);
            return default;
        });

    /// <summary>The members of a room.</summary>
    public Broadcast To(string room) => _everyone.To(room);

    /// <summary>Everyone but this socket.</summary>
    public Broadcast Except(ClientSocket socket) => _everyone.Except(socket);

    /// <summary>Sends an event to everyone, encoded once.</summary>
    public void Emit(string name, params ReadOnlySpan<object?> arguments) => _everyone.Emit(name, arguments);

    /// <inheritdoc cref="Broadcast.Send"/>
    public void Send(EncodedEvent encoded) => _everyone.Send(encoded);

    /// <summary>Encodes an event of this namespace.</summary>
    /// <inheritdoc cref="EncodedEvent.Create(string, string, ReadOnlySpan{object}, JsonSerializerOptions, string)"/>
    public EncodedEvent Encode(string name, params ReadOnlySpan<object?> arguments) =>
        EncodedEvent.Create(Name, name, arguments, Server.Options.Json);

    internal void Check(string encodedFor)
    {
        if (encodedFor != Name) throw new ArgumentException($"This was encoded for {encodedFor}, not for {Name}.");
    }

    private static Func<ClientSocket, SocketEvent, ValueTask> AsTask(Action<ClientSocket, SocketEvent> handler) =>
        (socket, received) =>
        {
            handler(socket, received);
            return default;
        };
}
