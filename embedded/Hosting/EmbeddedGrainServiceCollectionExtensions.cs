using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Engine;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Puts the embedded grain engine into a host.</summary>
public static class EmbeddedGrainServiceCollectionExtensions
{
    /// <summary>
    /// Runs the grain classes of those assemblies in this process. Adds <see cref="IGrainFactory"/>. When the host
    /// stops, every activation ends in order, within the host's shutdown time-out. Time comes from the registered
    /// <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddEmbeddedGrains(
        this IServiceCollection services, params Assembly[] grainAssemblies)
    {
        foreach (var assembly in grainAssemblies) services.AddSingleton(new GrainAssembly(assembly));
        services.AddLogging();
        services.AddOptions<EmbeddedGrainOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor
            .Singleton<IValidateOptions<EmbeddedGrainOptions>, EmbeddedGrainOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GrainEngine>();
        services.TryAddSingleton<GrainFactory>();
        services.TryAddSingleton<IGrainFactory>(provider => provider.GetRequiredService<GrainFactory>());
        services.TryAddTransient<IGrainContext>(_ => Activation.Current
            ?? throw new InvalidOperationException("Only a grain has a grain context."));
        services.AddHostedService<EmbeddedGrainService>();
        return services;
    }

    /// <summary>Keeps grain state in memory, for tests.</summary>
    public static IServiceCollection AddMemoryGrainStorage(this IServiceCollection services) =>
        services.AddSingleton<IGrainStorage, MemoryGrainStorage>();

    /// <summary>
    /// Keeps grain state in PostgreSQL, in the tables of infra/postgres; needs an <see cref="NpgsqlDataSource"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="serviceId">
    /// Sets this service's rows apart from others' in the same tables; the service id of the Orleans cluster.
    /// </param>
    public static IServiceCollection AddPostgresGrainStorage(this IServiceCollection services, string serviceId) =>
        services.AddSingleton<IGrainStorage>(
            provider => new PostgresGrainStorage(provider.GetRequiredService<NpgsqlDataSource>(), serviceId));
}
