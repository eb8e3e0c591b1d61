using Microsoft.Extensions.Hosting;
using Orleans.Engine;

namespace Orleans.Hosting;

/// <summary>
/// Ties the engine to the host: wrong grain classes show when it starts, and all activations end when it stops.
/// </summary>
internal sealed class EmbeddedGrainService(GrainEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = engine.References;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
