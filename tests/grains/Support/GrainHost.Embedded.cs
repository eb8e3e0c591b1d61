using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Grains.Tests.Support;

internal sealed partial class GrainHost
{
    public required IHost Host { get; init; }

    public static async partial Task<GrainHost> Start(
        TestDatabase database, TimeProvider time, Dictionary<string, string?> settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        Configure(builder, database, time, settings);
        // A test that puts the clock forward means the rules, not the engine's housekeeping.
        builder.Services.Configure<EmbeddedGrainOptions>(options => options.CollectionAge = TimeSpan.FromDays(20));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken).InTime();
        return new GrainHost
        {
            Host = host,
            Grains = host.Services.GetRequiredService<IGrainFactory>(),
            Services = host.Services,
        };
    }

    public async partial ValueTask DisposeAsync()
    {
        await Host.StopAsync(TestContext.Current.CancellationToken).InTime();
        Host.Dispose();
    }
}
