using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>The server's side of one client in one namespace. Safe to use from any thread.</summary>
public sealed partial class ClientSocket
{
    private const int IdBytes = 15;
    private const int PidBytes = 18; // 144 bits: the pid is a secret, the id is not

    private readonly TaskCompletionSource? _ended;
    private HashSet<string>? _rooms;
    private Dictionary<object, object?>? _items;
    private CancellationTokenSource? _disconnected;
    private volatile State _state;
    private bool _wasOpen;
    private bool _isEnded;

    internal ClientSocket(ClientConnection client, SocketNamespace ns, RecoverableSocket? lost, bool isRecoverable,
        IDictionary<object, object?>? items = null)
    {
        Client = client;
        Namespace = ns;
        Id = lost?.SocketId ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        Recovered = lost is not null;
        if ((items ?? lost?.Items) is { } kept) _items = new(kept);
        if (!isRecoverable) return;
        Pid = lost?.Pid ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PidBytes));
        _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private enum State
    {
        Connecting,
        Open,
        Detached,
    }

    /// <summary>The socket's public id. It is never the session id of the connection, which is a secret.</summary>
    public string Id { get; }

    /// <summary>The namespace.</summary>
    public SocketNamespace Namespace { get; }

    /// <summary>Whether it has come back from a lost connection, with its id, rooms and items, and gets the events it has missed.</summary>
    public bool Recovered { get; }

    /// <summary>The request by which the client connected.</summary>
    public Handshake Handshake => Client.Engine.Handshake;

    /// <summary>The revision of Engine.IO that the client speaks: 3 (socket.io 1 and 2) or 4 (3 and later).</summary>
    public int Revision => Client.Engine.Revision;

    /// <summary>The present transport.</summary>
    public EngineTransports Transport => Client.Engine.Transport;

    /// <summary>Whether the client has been let in and is still there.</summary>
    public bool IsConnected => _state == State.Open;

    /// <summary>Why it is gone; meaningless before.</summary>
    public DisconnectReason Reason { get; private set; }

    /// <summary>What the program wants to remember of the socket. Not thread-safe.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>Cancelled when the socket is gone.</summary>
    public CancellationToken Disconnected
    {
        get
        {
            lock (Gate)
            {
                _disconnected ??= new();
                if (_state == State.Detached) _disconnected.Cancel();
                return _disconnected.Token;
            }
        }
    }

    /// <summary>The rooms that it is in.</summary>
    public IReadOnlyCollection<string> Rooms
    {
        get
        {
            lock (Gate) return _rooms is null ? [] : [.. _rooms];
        }
    }

    internal ClientConnection Client { get; }

    private Lock Gate => Client.Gate;

    internal JsonSerializerOptions Json => Namespace.Server.Options.Json;

    /// <summary>The secret of connection state recovery; null without it.</summary>
    internal string? Pid { get; }

    /// <summary>Ends when the socket's end has been dealt with.</summary>
    internal Task Ended => _ended?.Task ?? Task.CompletedTask;

    /// <summary>Enters a room of the namespace.</summary>
    public void Join(string room)
    {
        // Room first, own lock second: a room holds its lock while it sends, and sending may take the socket's.
        Namespace.Rooms.Join(room, this);
        lock (Gate)
        {
            if (_state != State.Detached)
            {
                (_rooms ??= new(StringComparer.Ordinal)).Add(room);
                return;
            }
        }

        Namespace.Rooms.Leave(room, this);
    }

    /// <summary>Leaves a room.</summary>
    public void Leave(string room)
    {
        lock (Gate) _rooms?.Remove(room);
        Namespace.Rooms.Leave(room, this);
    }

    /// <summary>Puts the client out of the namespace, or cuts its connection and so puts it out of all.</summary>
    /// <remarks>Unlike after a lost connection, the client's library does not come back by itself.</remarks>
    public void Disconnect(bool closeConnection = false)
    {
        if (_state == State.Open)
        {
            Client.Engine.Send(PacketWriter.Encode(SocketPacketType.Disconnect, Namespace.Name));
            Detach(DisconnectReason.ServerDisconnect);
            Client.Remove(this);
            Client.End(this, DisconnectReason.ServerDisconnect);
        }

        if (closeConnection) Client.Engine.Close();
    }

    /// <summary>Ends the client's connection, and with it all its sockets, as a program does that is about to stop: it comes back by itself.</summary>
    public void MoveAway() => Client.Engine.MoveAway();

    internal RecoverableSocket ToRecoverable() => new(Namespace.Name, Pid!, Id, [.. Rooms], Items);

    /// <summary>Takes the socket out of everything at once; its end may still have to wait its turn.</summary>
    internal void Detach(DisconnectReason reason)
    {
        lock (Gate)
        {
            if (_state == State.Detached) return;
            _state = State.Detached;
            Reason = reason;
            _held = null;
            FailAcks(reason);
            // On another thread: whoever waits for it may do anything.
            if (_disconnected is not null) _ = CancelAsync(_disconnected);
        }

        Namespace.Everyone.Remove(this);
        foreach (var room in Rooms) Namespace.Rooms.Leave(room, this);
    }

    /// <summary>The socket's end, in its turn.</summary>
    internal async ValueTask EndAsync(DisconnectReason reason)
    {
        if (_isEnded) return;
        _isEnded = true;
        Detach(reason);
        Client.Remove(this);
        try
        {
            if (_wasOpen) await Namespace.DisconnectedAsync(this, Reason);
        }
        finally
        {
            _ended?.TrySetResult();
        }
    }

    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await Task.Yield();
            await source.CancelAsync();
        }
        catch (AggregateException e)
        {
            Log.HandlerFailed(Namespace.Server.Logger, Handshake.ConnectionId, e);
        }
    }
}
