using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Accounts;
using Gatehouse.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>One silo or several, and a client of them as a gateway in another process would be.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private GrainHost(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>For callers outside.</summary>
    public IGrainFactory Grains => _cluster.Client;

    /// <summary>The first silo's services.</summary>
    public IServiceProvider Services => _cluster.Silos[0].SiloHost.Services;

    /// <param name="hashRounds">Of a password's hash, in place of the setting, which allows no number as cheap as most tests want.</param>
    public static async Task<GrainHost> Start(
        TestDatabase database, TimeProvider time, Dictionary<string, string?> settings, int? hashRounds = null, short silos = 1)
    {
        var builder = new InProcessTestClusterBuilder(silos);
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
        if (silos > 1) ExpectLosses(builder);
        var cluster = builder.Build();
        await cluster.DeployAsync().InTime();
        return new GrainHost(cluster);
    }

    /// <summary>Ends as a crash does: nothing that is under way is waited for, and only what was stored is remembered.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _cluster.Silos.ToList()) await _cluster.KillSiloAsync(silo);
        await _cluster.DisposeAsync();
    }

    /// <summary>Where a grain is active; null when it is nowhere.</summary>
    public SiloAddress? SiloOf(IAddressable grain) =>
        _cluster.TryGetGrainContext(grain.GetGrainId(), out var context) ? context.Address.SiloAddress : null;

    /// <summary>Moves a grain that is active to another silo.</summary>
    public Task Move(IAddressable grain) =>
        _cluster.MigrateAsync(grain, _cluster.Silos.First(silo => !silo.SiloAddress.Equals(SiloOf(grain))).SiloAddress).InTime();

    /// <summary>A silo ends without a word, and another one starts.</summary>
    public async Task ReplaceOne()
    {
        await _cluster.KillSiloAsync(_cluster.Silos[^1]).InTime();
        await _cluster.StartAdditionalSiloAsync().InTime();
    }

    /// <summary>A call that went with a silo is known to be lost within five seconds, and is repeated as a gateway does.</summary>
    private static void ExpectLosses(InProcessTestClusterBuilder builder) => builder.ConfigureClient(client =>
    {
        client.Configure<ClientMessagingOptions>(calls => calls.ResponseTimeout = TimeSpan.FromSeconds(5));
        client.AddOutgoingGrainCallFilter<LostSiloRetry>();
    });

    private static PasswordHashing HashingWith(int rounds, IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PasswordOptions>>().Value;
        options.Iterations = rounds;
        return new PasswordHashing(Options.Create(options));
    }
}
