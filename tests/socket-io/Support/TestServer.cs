using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SocketIo.Tests.Support;

/// <summary>
/// A program with Socket.IO at /socket.io, and an echo at /engine.io and, by plain WebSocket, at /plain, on a port of its own. Its clock stands still unless a
/// test puts it forward. An error in its log fails the test.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ErrorLog _errors;

    private TestServer(WebApplication app, ErrorLog errors, FakeTimeProvider time, EngineServer engine, Events<DisconnectReason> closed,
        Events<string> waiting)
    {
        _app = app;
        _errors = errors;
        Time = time;
        Engine = engine;
        EngineClosed = closed;
        Waiting = waiting;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        Port = new Uri(address).Port;
        Http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public int Port { get; }

    public HttpClient Http { get; }

    public FakeTimeProvider Time { get; }

    public SocketIoServer Io => _app.Services.GetRequiredService<SocketIoServer>();

    /// <summary>The echo.</summary>
    public EngineServer Engine { get; }

    /// <summary>Why connections of the echo ended.</summary>
    public Events<DisconnectReason> EngineClosed { get; }

    /// <summary>The path and query of each request that did not get its answer at once.</summary>
    public Events<string> Waiting { get; }

    /// <summary>Errors that a test expects: taken out, they do not fail it.</summary>
    public ErrorLog Errors => _errors;

    public static async Task<TestServer> Start(
        Action<SocketIoOptions>? configure = null, Action<SocketIoServer>? setUp = null, Action<IServiceCollection>? services = null,
        HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var errors = new ErrorLog();
        var time = new FakeTimeProvider();
        var closed = new Events<DisconnectReason>();
        builder.Logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSocketIo(configure);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var waiting = new Events<string>();
        app.Use((context, next) =>
        {
            var answer = next(context);
            if (!answer.IsCompleted) waiting.Add(context.Request.Path + context.Request.QueryString);
            return answer;
        });
        app.MapSocketIo("/socket.io", setUp ?? (io => io.Namespace("/")));
        var options = app.Services.GetRequiredService<SocketIoServer>().Options;
        var engine = new EngineServer(options, new Echo(closed), time, app.Services.GetRequiredService<ILogger<TestServer>>());
        engine.Map(app, "/engine.io");
        engine.Map(app, "/plain", isPlain: true);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, errors, time, engine, closed, waiting);
    }

    public static void AddRecovery(IServiceCollection services) => services.AddSingleton<IRecoveryStore, InMemoryRecoveryStore>();

    /// <summary>The one socket of a namespace, as soon as it is there.</summary>
    public async Task<ClientSocket> Socket(string ns = "/")
    {
        await Until(() => Io.Namespace(ns).Sockets.Count == 1);
        return Io.Namespace(ns).Sockets.Single();
    }

    public Task Stop() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async Task<Answer> Get(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken).InTime();
        return await Answer.Read(response);
    }

    public Task<Answer> Post(string path, string body) => Post(path, new StringContent(body));

    public async Task<Answer> Post(string path, HttpContent body)
    {
        using var response = await Http.PostAsync(path, body, TestContext.Current.CancellationToken).InTime();
        return await Answer.Read(response);
    }

    /// <summary>Waits until no connection holds anything any more.</summary>
    public Task Emptied() => Until(() => Io.ConnectionCount + Engine.ConnectionCount == 0);

    /// <summary>Waits for something that nobody announces.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "It did not come in time.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None).InTime();
        await _app.DisposeAsync();
        Assert.Empty(_errors.TakeAll());
    }

    /// <summary>Text comes back as text and binary as binary.</summary>
    private sealed class Echo(Events<DisconnectReason> closed) : EngineHandler
    {
        public override ValueTask OnMessageAsync(EngineConnection connection, EngineMessage message)
        {
            var data = message.Data.Span;
            if (message.IsBinary) connection.Send(EnginePacket.FromBinary(data));
            else connection.Send(connection.Revision == 0 ? EnginePacket.FromPlainUtf8(data) : EnginePacket.FromUtf8(data));
            return default;
        }

        public override ValueTask OnCloseAsync(EngineConnection connection, DisconnectReason reason)
        {
            closed.Add(reason);
            return default;
        }
    }
}
