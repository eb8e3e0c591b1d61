using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Gatehouse.Grains.Tests.Support;

internal sealed partial class GrainHost
{
    public required InProcessTestCluster Cluster { get; init; }

    public static async partial Task<GrainHost> Start(
        TestDatabase database, TimeProvider time, Dictionary<string, string?> settings)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.ServiceId = "gatehouse";
        builder.ConfigureSiloHost((_, host) =>
        {
            Configure(host, database, time, settings);
            // The clock is for the grains; what Orleans does in the background goes on in real time.
            host.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
            host.Services.AddKeyedSingleton("Orleans.Grains", time);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync().InTime();
        return new GrainHost
        {
            Cluster = cluster,
            Grains = cluster.Client,
            Services = cluster.Silos[0].SiloHost.Services,
        };
    }

    public partial ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
