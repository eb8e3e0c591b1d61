// What the published conformance suites of Engine.IO 3, Engine.IO 4 and Socket.IO 5 ask of a server:
// dotnet run --project tests/socketio-conformance-host -- --port 3000
using System.Text.Json;
using SocketIo;
using SocketIo.ConformanceHost;
using SocketIo.EngineIo;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{builder.Configuration["port"] ?? "3000"}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddEngineIo(Configure);
builder.Services.AddSocketIo(options =>
{
    Configure(options);
    options.ConnectTimeout = TimeSpan.FromSeconds(1);
});

var app = builder.Build();
app.Use((context, next) =>
{
    if (context.Request.Query["EIO"] == "3") LateUpgrade.Install(context);
    return next(context);
});
app.MapEngineIo("/engine.io", (connection, message) =>
{
    connection.Send(message.IsBinary ? EnginePacket.FromBinary(message.Data.Span) : EnginePacket.FromUtf8(message.Data.Span));
    return default;
});
app.MapSocketIo("/socket.io", io =>
{
    SetUp(io.Namespace("/"));
    SetUp(io.Namespace("/custom"));
});
await app.RunAsync();

static void Configure(EngineIoOptions options)
{
    options.PingInterval = TimeSpan.FromMilliseconds(300);
    options.PingTimeout = TimeSpan.FromMilliseconds(200);
    options.MaxPayload = 1_000_000;
    options.AssumeRevision3 = false; // the suite of revision 4 asks for a server that knows no other
    options.AllowedOrigins.Add("*");
}

static void SetUp(SocketNamespace ns) => ns
    .OnConnect((socket, auth) =>
    {
        socket.Emit("auth", auth.ValueKind == JsonValueKind.Undefined ? new { } : auth);
        return new(ConnectResult.Accepted);
    })
    .On("message", (socket, message) => socket.Emit("message-back", message.Arguments))
    .On("message-with-ack", (_, message) => message.Ack(message.Arguments));
