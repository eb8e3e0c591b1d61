using Gatehouse.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Plain HTTP: what can be asked, as OpenAPI too, and which other sites' pages may ask.</summary>
public static class HttpServices
{
    public static IServiceCollection AddHttpTransport(this IServiceCollection services)
    {
        services.AddOpenApi();
        services.AddSettings<WebOptions>("Gatehouse:Web");
        services.AddSingleton(provider => new OriginPolicy(provider.GetRequiredService<IOptions<WebOptions>>().Value.AllowedOrigins));
        services.AddSingleton<IHttpContextFactory, QueryTokens>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<OriginPolicy>((cors, origins) => cors.AddDefaultPolicy(policy => policy
            .SetIsOriginAllowed(origins.Names)
            .AllowAnyHeader()
            .AllowAnyMethod()
            .AllowCredentials()));
        return services;
    }
}
