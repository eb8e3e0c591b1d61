using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SocketIo.EngineIo;

/// <summary>One Engine.IO endpoint: its connections by session id, the requests to them and their clock.</summary>
internal sealed class EngineServer : IDisposable
{
    private readonly ConcurrentDictionary<string, EngineConnection> _connections = new(StringComparer.Ordinal);
    private readonly OriginPolicy _origins;
    private readonly ITimer _ticker;
    private readonly long _receiveTimeout;
    private int _count;
    private long _exceededSince;
    private volatile bool _isStopping;

    public EngineServer(EngineIoOptions options, EngineHandler handler, TimeProvider time, ILogger logger, ReceiveBudget? budget = null)
    {
        Options = options;
        Handler = handler;
        Time = time;
        Logger = logger;
        Budget = budget ?? new(options);
        _origins = new(options.AllowedOrigins);
        PingInterval = Units(options.PingInterval);
        PingTimeout = Units(options.PingTimeout);
        CloseTimeout = Units(options.CloseTimeout);
        _receiveTimeout = Units(options.ReceiveTimeout);

        // One timer for all connections: a timer each would cost more memory than the rest of the heartbeat.
        var shortest = TimeSpan.FromTicks(Math.Min(options.PingInterval.Ticks, options.PingTimeout.Ticks));
        var period = TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds / 20, 10, 1000));
        TickPeriod = Units(period);
        _ticker = time.CreateTimer(static server => ((EngineServer)server!).Tick(), this, period, period);
    }

    public EngineIoOptions Options { get; }

    public EngineHandler Handler { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public ReceiveBudget Budget { get; }

    public long PingInterval { get; }

    public long PingTimeout { get; }

    public long CloseTimeout { get; }

    public long TickPeriod { get; }

    /// <summary>The connections that hold anything: open and closing ones.</summary>
    public int ConnectionCount => Volatile.Read(ref _count);

    public Task HandleAsync(HttpContext context)
    {
        PreventBuffering(context);
        if (!_origins.Admit(context)) return EngineError.Forbidden.WriteAsync(context);
        if (OriginPolicy.IsPreflight(context.Request)) return OriginPolicy.AnswerPreflightAsync(context);

        var query = EngineQuery.Parse(context.Request.QueryString.Value);
        if ((query.Transport & Options.Transports) == 0) return EngineError.UnknownTransport.WriteAsync(context);
        if (query.Sid is null) return HandshakeAsync(context, query);
        return _connections.TryGetValue(query.Sid, out var connection)
            ? HandleAsync(context, query, connection)
            : EngineError.UnknownSession.WriteAsync(context, Options.UnknownSessionStatus);
    }

    /// <summary>Units of the clock's time stamp.</summary>
    public long Units(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    public void Remove(EngineConnection connection)
    {
        if (!_connections.TryRemove(new(connection.Sid, connection))) return;
        Interlocked.Decrement(ref _count);
        connection.Held?.Dispose();
    }

    /// <summary>Closes everything; clients may come back to another process.</summary>
    public void Stop()
    {
        _isStopping = true;
        foreach (var (_, connection) in _connections) connection.MoveAway();
    }

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, bool isPlain = false)
    {
        if (endpoints.ServiceProvider.GetService<IHostApplicationLifetime>() is { } lifetime)
        {
            lifetime.ApplicationStopping.Register(Stop);
            lifetime.ApplicationStopped.Register(Dispose);
        }

        return isPlain
            ? endpoints.Map(pattern, HandlePlainAsync).WithDisplayName("WebSocket " + pattern)
            : endpoints.Map(pattern, HandleAsync).WithDisplayName("Engine.IO " + pattern);
    }

    public void Dispose() => _ticker.Dispose();

    // Proxies may neither keep an answer nor hold it back until it is long enough, nor compress it, which holds it back too.
    private static void PreventBuffering(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store, no-transform";
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private Task HandshakeAsync(HttpContext context, in EngineQuery query)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !WebSocketHandshake.IsExtendedConnect(context))
            return EngineError.BadHandshakeMethod.WriteAsync(context);
        if (query.Revision == 0 && !Options.AssumeRevision3) return EngineError.UnsupportedVersion.WriteAsync(context);
        var isWebSocket = query.Transport == EngineTransports.WebSocket;
        if (query.IsJsonp || (isWebSocket && !WebSocketHandshake.IsValid(context))) return EngineError.BadRequest.WriteAsync(context);
        return OpenAsync(context, query.Revision == 0 ? query with { Revision = 3 } : query);
    }

    private Task HandlePlainAsync(HttpContext context)
    {
        PreventBuffering(context);
        if (!_origins.Admit(context)) return EngineError.Forbidden.WriteAsync(context);
        return WebSocketHandshake.IsValid(context)
            ? OpenAsync(context, EngineQuery.Plain)
            : EngineError.UpgradeRequired.WriteAsync(context);
    }

    private Task OpenAsync(HttpContext context, in EngineQuery query)
    {
        if (_isStopping) return EngineError.Full.WriteAsync(context);
        if (Interlocked.Increment(ref _count) > Options.MaxConnections)
        {
            Interlocked.Decrement(ref _count);
            return EngineError.Full.WriteAsync(context);
        }

        var connection = new EngineConnection(this, query, new Handshake(context, Time.GetUtcNow())) { Held = Options.Hold?.Invoke(context) };
        if (Options.Cookie is { } cookie)
            context.Response.Cookies.Append(cookie.Name!, connection.Sid, cookie.Build(context, Time.GetUtcNow()));
        _connections[connection.Sid] = connection;
        Log.Opened(Logger, connection.Handshake.ConnectionId, query.Revision, query.Transport);
        return query.Transport == EngineTransports.WebSocket ? connection.ServeWebSocketAsync(context, isUpgrade: false) : connection.ServeHandshakeAsync(context);
    }

    private static Task HandleAsync(HttpContext context, in EngineQuery query, EngineConnection connection)
    {
        // The clock ticks rarely; a request must not find a session that should be gone.
        connection.Tick();
        if (query.Revision != 0 && query.Revision != connection.Revision) return EngineError.BadRequest.WriteAsync(context);
        if (query.Transport == EngineTransports.WebSocket)
        {
            return WebSocketHandshake.IsValid(context)
                ? connection.ServeWebSocketAsync(context, isUpgrade: true)
                : EngineError.BadRequest.WriteAsync(context);
        }

        return context.Request.Method switch
        {
            "GET" => connection.ServePollAsync(context),
            "POST" => connection.ServePostAsync(context),
            _ => EngineError.BadRequest.WriteAsync(context),
        };
    }

    private void Tick()
    {
        foreach (var (_, connection) in _connections) connection.Tick();
        var now = Time.GetTimestamp();
        if (Budget.Excess <= 0) _exceededSince = now;
        else if (now - _exceededSince >= _receiveTimeout) CloseHeaviest();
    }

    /// <summary>Closes those that hold the most, until what is left is not too much.</summary>
    private void CloseHeaviest()
    {
        var holders = _connections.Values.Select(connection => (connection.Unhandled, connection)).Where(pair => pair.Unhandled > 0).ToList();
        var excess = Budget.Excess - holders.Where(pair => !pair.connection.IsOpen).Sum(pair => pair.Unhandled); // those go already
        foreach (var (held, connection) in holders.OrderByDescending(pair => pair.Unhandled))
        {
            if (excess <= 0) return;
            if (!connection.IsOpen || !Budget.IsOverShare(held)) continue;
            excess -= held;
            connection.Fail(DisconnectReason.Overload, WebSocketCloseCode.TryAgainLater, "too much was sent at once");
        }
    }
}
