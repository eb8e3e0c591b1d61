using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>Adds Socket.IO to a program.</summary>
public static class SocketIoExtensions
{
    /// <summary>
    /// Registers <see cref="SocketIoServer"/>. Connection state recovery is on if an <see cref="IRecoveryStore"/> is registered, such as
    /// <see cref="InMemoryRecoveryStore"/>.
    /// </summary>
    public static IServiceCollection AddSocketIo(this IServiceCollection services, Action<SocketIoOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SocketIoServer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SocketIoOptions>, SocketIoOptionsValidator>());
        var options = services.AddOptions<SocketIoOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        return services;
    }

    /// <summary>Serves Socket.IO at a path, with or without a slash at its end.</summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path; clients ask for <c>/socket.io</c> unless told otherwise.</param>
    /// <param name="configure">Sets up the namespaces.</param>
    public static IEndpointConventionBuilder MapSocketIo(
        this IEndpointRouteBuilder endpoints, string pattern, Action<SocketIoServer> configure)
    {
        var server = endpoints.ServiceProvider.GetRequiredService<SocketIoServer>();
        configure(server);
        return server.Engine.Map(endpoints, pattern);
    }
}
