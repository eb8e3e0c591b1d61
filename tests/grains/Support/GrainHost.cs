using Gatehouse.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>The grains, on the engine of this build.</summary>
internal sealed partial class GrainHost : IAsyncDisposable
{
    /// <summary>For callers outside: as a gateway in another process would have it, where the engine knows the difference.</summary>
    public required IGrainFactory Grains { get; init; }

    /// <summary>The services of the process that hosts the grains.</summary>
    public required IServiceProvider Services { get; init; }

    public static partial Task<GrainHost> Start(TestDatabase database, TimeProvider time, Dictionary<string, string?> settings);

    public partial ValueTask DisposeAsync();

    private static void Configure(
        IHostApplicationBuilder builder, TestDatabase database, TimeProvider time, Dictionary<string, string?> settings)
    {
        builder.Configuration.AddInMemoryCollection(
            [.. settings, new("ConnectionStrings:Postgres", database.ConnectionString), new("Gatehouse:Database:MaxPoolSize", "10")]);
        builder.Services.AddSingleton(time);
        builder.AddSilo();
    }
}
