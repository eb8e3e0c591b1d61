using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SocketIo.EngineIo;

/// <summary>Adds Engine.IO, without Socket.IO on it, to a program.</summary>
public static class EngineIoExtensions
{
    /// <summary>Registers the settings of <see cref="MapEngineIo(IEndpointRouteBuilder, string, EngineHandler)"/>.</summary>
    public static IServiceCollection AddEngineIo(this IServiceCollection services, Action<EngineIoOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        // All endpoints share it.
        services.TryAddSingleton(provider => new ReceiveBudget(provider.GetRequiredService<IOptions<EngineIoOptions>>().Value));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<EngineIoOptions>, EngineIoOptionsValidator<EngineIoOptions>>());
        var options = services.AddOptions<EngineIoOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        return services;
    }

    /// <summary>Serves Engine.IO at a path, with or without a slash at its end.</summary>
    public static IEndpointConventionBuilder MapEngineIo(this IEndpointRouteBuilder endpoints, string pattern, EngineHandler handler) =>
        Serve(endpoints, handler).Map(endpoints, pattern);

    /// <summary>
    /// Serves plain WebSockets at a path, without Engine.IO, but with its settings: limits, heartbeats (WebSocket's own), origins, and
    /// the send queue. Send <see cref="EnginePacket.FromPlainUtf8"/> or binary.
    /// </summary>
    public static IEndpointConventionBuilder MapPlainWebSocket(
        this IEndpointRouteBuilder endpoints, string pattern, EngineHandler handler) => Serve(endpoints, handler).Map(endpoints, pattern, isPlain: true);

    /// <summary>Serves Engine.IO at a path, with nothing but a handler for messages.</summary>
    public static IEndpointConventionBuilder MapEngineIo(
        this IEndpointRouteBuilder endpoints, string pattern, Func<EngineConnection, EngineMessage, ValueTask> onMessage) =>
        MapEngineIo(endpoints, pattern, new DelegateHandler(onMessage));

    private static EngineServer Serve(IEndpointRouteBuilder endpoints, EngineHandler handler)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<EngineIoOptions>>().Value;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("SocketIo");
        return new EngineServer(options, handler, services.GetRequiredService<TimeProvider>(), logger, services.GetRequiredService<ReceiveBudget>());
    }

    private sealed class DelegateHandler(Func<EngineConnection, EngineMessage, ValueTask> onMessage) : EngineHandler
    {
        public override ValueTask OnMessageAsync(EngineConnection connection, EngineMessage message) => onMessage(connection, message);
    }
}
