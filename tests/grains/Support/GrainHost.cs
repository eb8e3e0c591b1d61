using Gatehouse.Grains.Accounts;
using Gatehouse.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>One silo, and a client of it as a gateway in another process would be.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private GrainHost(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>For callers outside.</summary>
    public IGrainFactory Grains => _cluster.Client;

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _cluster.Silos[0].SiloHost.Services;

    /// <param name="hashRounds">Of a password's hash, in place of the setting, which allows no number as cheap as most tests want.</param>
    public static async Task<GrainHost> Start(
        TestDatabase database, TimeProvider time, Dictionary<string, string?> settings, int? hashRounds = null)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.ServiceId = "gatehouse";
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Configuration.AddInMemoryCollection(
            [
                .. settings,
                new("ConnectionStrings:Postgres", database.ConnectionString),
                new("Gatehouse:Database:MaxPoolSize", "10"),
            ]);
            host.Services.AddSingleton(time);
            host.AddGrains();
            // The clock is for the grains; what Orleans does in the background goes on in real time.
            host.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
            host.Services.AddKeyedSingleton("Orleans.Grains", time);
            if (hashRounds is { } rounds) host.Services.AddSingleton(services => HashingWith(rounds, services));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync().InTime();
        return new GrainHost(cluster);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static PasswordHashing HashingWith(int rounds, IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PasswordOptions>>().Value;
        options.Iterations = rounds;
        return new PasswordHashing(Options.Create(options));
    }
}
