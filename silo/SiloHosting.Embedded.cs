using Gatehouse.Grains.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Gatehouse.Silo;

public static partial class SiloHosting
{
    public static partial string Engine => "embedded";

    static partial void AddEngine(IHostApplicationBuilder builder, string connectionString)
    {
        var silo = builder.Configuration.GetSection("Gatehouse:Silo").Get<SiloOptions>() ?? new();
        builder.Services.AddEmbeddedGrains(typeof(SessionGrain).Assembly);
        builder.Services.AddPostgresGrainStorage(silo.ServiceId);
    }
}
