using Gatehouse.Embedded.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Embedded.Tests.Support;

/// <summary>A started host with this assembly's grains, memory storage and a clock that stands still.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly LogLines _log = new();

    private Engine(Action<EmbeddedGrainOptions>? configure, Action<IServiceCollection>? add)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(_log);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(Life);
        builder.Services.AddEmbeddedGrains(typeof(Engine).Assembly).AddMemoryGrainStorage();
        builder.Services.Configure<EmbeddedGrainOptions>(options => configure?.Invoke(options));
        add?.Invoke(builder.Services);
        Host = builder.Build();
    }

    public IHost Host { get; }

    public FakeTime Time { get; } = new();

    public Life Life { get; } = new();

    public Events Log => _log.Lines;

    public IGrainFactory Grains => Host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<Engine> Start(
        Action<EmbeddedGrainOptions>? configure = null, Action<IServiceCollection>? add = null)
    {
        var engine = new Engine(configure, add);
        await engine.Host.StartAsync(TestContext.Current.CancellationToken).InTime();
        return engine;
    }

    public IWorkerGrain Worker(string key = "one") => Grains.GetGrain<IWorkerGrain>(key);

    public async ValueTask DisposeAsync()
    {
        using var host = Host;
        await host.StopAsync(TestContext.Current.CancellationToken).InTime();
    }
}
