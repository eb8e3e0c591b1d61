using Microsoft.AspNetCore.Http;

namespace SocketIo.EngineIo;

/// <summary>Settings of an Engine.IO endpoint. Validated when the program starts.</summary>
public class EngineIoOptions
{
    /// <summary>Time between two heartbeats; the client is told. Default 25 seconds.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a heartbeat may stay unanswered; the client is told. Default 20 seconds.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a WebSocket that wants to take over a polling session may need. Default 10 seconds.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a closing connection may take to read what is left and say goodbye. Default 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes of one WebSocket message or one polling request of a client. Default 1,000,000.</summary>
    public int MaxPayload { get; set; } = 1_000_000;

    /// <summary>
    /// Most bytes that all clients together may have sent without their having been handled. Beyond that nothing more is read from those
    /// that hold more than their share, until others are done. Large messages are handled as many at a time as fit. Default 32 MiB; four
    /// times <see cref="MaxPayload"/> in any case.
    /// </summary>
    public int MaxReceivedBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How long the bound above may be exceeded before the clients that hold the most are closed. Default 10 seconds.</summary>
    public TimeSpan ReceiveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most connections at a time; a further handshake gets status 503. Default 100,000.</summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>
    /// The status of the answer to a request of a connection that is not here. Default 400, which is what is documented. Behind a proxy that
    /// asks the next server when it reads 404, that finds a connection wherever it is.
    /// </summary>
    public int UnknownSessionStatus { get; set; } = StatusCodes.Status400BadRequest;

    /// <summary>
    /// Called with each request that begins a connection. What it returns is disposed of when the connection has ended, in whatever way:
    /// for what a program counts or keeps of connections. Default: nothing.
    /// </summary>
    public Func<HttpContext, IDisposable?>? Hold { get; set; }

    /// <summary>Most bytes waiting to be sent to one connection. Default 4 MiB. A single larger message may wait alone.</summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most messages waiting to be sent to one connection. Default 10,000.</summary>
    public int MaxQueuedMessages { get; set; } = 10_000;

    /// <summary>What happens when one of the two bounds above is reached. Default: disconnect.</summary>
    public SlowConsumerPolicy SlowConsumerPolicy { get; set; }

    /// <summary>The transports offered. Default: both.</summary>
    public EngineTransports Transports { get; set; } = EngineTransports.All;

    /// <summary>Whether a polling session may go over to WebSocket. Default: yes.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>
    /// Whether a client that names no revision, or one that nobody knows, is taken for one of revision 3, as the reference server does:
    /// very old clients say <c>EIO=2</c> or nothing. Otherwise it gets status 400. Default: yes.
    /// </summary>
    public bool AssumeRevision3 { get; set; } = true;

    /// <summary>
    /// Web origins whose pages may connect besides the endpoint's own, such as <c>https://example.org</c>, <c>null</c> or
    /// <c>file://</c>; <c>*</c> admits every one, without credentials. Requests without an <c>Origin</c> header are always admitted.
    /// See <see cref="OriginPolicy"/>. Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The cookie that carries the session id, for load balancers that route by cookie; it is never read. Default: none.
    /// </summary>
    public CookieBuilder? Cookie { get; set; }
}
