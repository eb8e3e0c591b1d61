using Gatehouse.Gateway.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Plain HTTP: what can be asked, as OpenAPI too, and which other sites' pages may ask.</summary>
public static class HttpServices
{
    public static IServiceCollection AddHttpTransport(this IServiceCollection services)
    {
        services.AddOpenApi();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<OriginOptions>>((cors, web) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(web.Value.AllowedOrigins)
            .AllowAnyHeader()
            .WithMethods("GET", "POST", "PUT")
            .AllowCredentials()));
        return services;
    }
}
