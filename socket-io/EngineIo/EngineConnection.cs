using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace SocketIo.EngineIo;

/// <summary>
/// One client: a session over polling, over WebSocket, or first the one and then the other. Safe to use from any thread.
/// </summary>
public sealed partial class EngineConnection
{
    private const int SidBytes = 18; // 144 bits

    private readonly EngineServer _server;
    private readonly Lock _gate = new();
    private readonly WireForm _form;
    private State _state;
    private DisconnectReason _reason;
    private bool _isOpened;
    private Dictionary<object, object?>? _items;
    private CancellationTokenSource? _closed;

    internal EngineConnection(EngineServer server, in EngineQuery query, Handshake handshake)
    {
        _server = server;
        _form = query.Form;
        _transport = query.Transport;
        Handshake = handshake;
        Revision = query.Revision;
        Sid = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SidBytes));
        _deadline = Now + (Revision == 3 ? server.PingInterval + server.PingTimeout : server.PingInterval);
    }

    private enum State : byte
    {
        /// <summary>Packets flow.</summary>
        Open,

        /// <summary>Nothing is accepted any more; what is queued, and the goodbye, still go out.</summary>
        Closing,

        /// <summary>Nothing is held any more.</summary>
        Closed,
    }

    /// <summary>The revision of Engine.IO that the client speaks: 3 or 4; 0 for a plain WebSocket.</summary>
    public int Revision { get; }

    /// <summary>The request by which the client connected.</summary>
    public Handshake Handshake { get; }

    /// <summary>The present transport.</summary>
    public EngineTransports Transport => _transport;

    /// <summary>Whether messages can be sent.</summary>
    public bool IsOpen => _state == State.Open;

    /// <summary>What the program wants to remember of the connection. Not thread-safe.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>Cancelled when the connection ends.</summary>
    public CancellationToken Closed
    {
        get
        {
            lock (_gate)
            {
                _closed ??= new();
                if (_state != State.Open) _closed.Cancel();
                return _closed.Token;
            }
        }
    }

    /// <summary>The session id: whoever knows it can take part in a polling session, so it belongs into no log.</summary>
    internal string Sid { get; }

    /// <summary>See <see cref="EngineIoOptions.Hold"/>.</summary>
    internal IDisposable? Held { get; init; }

    /// <summary>What the layer above keeps here.</summary>
    internal object? Layer { get; set; }

    internal EngineServer Server => _server;

    private long Now => _server.Time.GetTimestamp();

    /// <summary>Closes the connection after what is queued has been sent.</summary>
    public void Close() => Close(DisconnectReason.ServerDisconnect, WebSocketCloseCode.Normal);

    /// <summary>
    /// Closes the connection as a program does that is about to stop: clients of Socket.IO come back by themselves, wherever their way leads
    /// them then, and plain WebSockets are told 1012, "service restart".
    /// </summary>
    public void MoveAway() => Close(DisconnectReason.ServerShutdown, WebSocketCloseCode.ServiceRestart);

    internal void Close(DisconnectReason reason, WebSocketCloseCode code, string closeText = "")
    {
        lock (_gate)
        {
            if (_state != State.Open) return;
            BeginClose(reason, WebSocketFrame.Close(code, closeText));
            Wake();
        }
    }

    /// <summary>Ends the connection at once. A WebSocket still gets the frame that says why.</summary>
    internal void Fail(DisconnectReason reason, WebSocketCloseCode code = WebSocketCloseCode.PolicyViolation, string closeText = "")
    {
        lock (_gate) FailInside(reason, code, closeText);
    }

    private void FailInside(DisconnectReason reason, WebSocketCloseCode code, string closeText)
    {
        if (_state == State.Closed) return;
        if (_state == State.Open) BeginClose(reason, WebSocketFrame.Close(code, closeText));
        DiscardQueue();
        if (_transport == EngineTransports.Polling) Finish();
        Wake();
    }

    // The caller holds the lock and wakes the transport afterwards.
    private void BeginClose(DisconnectReason reason, byte[] closeFrame)
    {
        _state = State.Closing;
        _reason = reason;
        _closeFrame = closeFrame;
        _deadline = Now + _server.CloseTimeout;
        GiveRoom();
        EndWaiting(isOpen: false);
        Log.Closed(_server.Logger, Handshake.ConnectionId, reason);
        // On another thread: the caller may hold locks of its own, and handlers may do anything.
        if (_isOpened) ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.NotifyClosedAsync(), this, preferLocal: false);
    }

    private async ValueTask OpenAsync()
    {
        lock (_gate)
        {
            if (_state != State.Open) return;
            _isOpened = true;
        }

        try
        {
            await _server.Handler.OnOpenAsync(this);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_server.Logger, Handshake.ConnectionId, e);
            Fail(DisconnectReason.ServerError, WebSocketCloseCode.InternalError);
        }
    }

    private void Finish()
    {
        _state = State.Closed;
        _server.Remove(this);
        _post?.Abort();
    }

    private async Task NotifyClosedAsync()
    {
        try
        {
            CancellationTokenSource? closed;
            lock (_gate) closed = _closed;
            if (closed is not null) await closed.CancelAsync();
        }
        catch (AggregateException e)
        {
            Log.HandlerFailed(_server.Logger, Handshake.ConnectionId, e);
        }

        try
        {
            await _server.Handler.OnCloseAsync(this, _reason);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_server.Logger, Handshake.ConnectionId, e);
        }
    }

    private byte[] OpenPacket()
    {
        var options = _server.Options;
        var canUpgrade = _transport == EngineTransports.Polling && options.AllowUpgrades
            && options.Transports.HasFlag(EngineTransports.WebSocket);
        var text = new StringBuilder(160)
            .Append("{\"sid\":\"").Append(Sid)
            .Append("\",\"upgrades\":[").Append(canUpgrade ? "\"websocket\"" : "")
            .Append("],\"pingInterval\":").Append((long)options.PingInterval.TotalMilliseconds)
            .Append(",\"pingTimeout\":").Append((long)options.PingTimeout.TotalMilliseconds);
        if (Revision == 4) text.Append(",\"maxPayload\":").Append(options.MaxPayload);
        return Encoding.ASCII.GetBytes(text.Append('}').ToString());
    }
}
