using Gatehouse.Gateway.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Plain HTTP: which other sites' pages may ask, and what there is to be asked, as OpenAPI.</summary>
public static class HttpTransport
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

    public static void MapHttpTransport(this IEndpointRouteBuilder routes)
    {
        routes.MapReactAuth();
        routes.MapOpenApi("/openapi/{documentName}.json");
    }
}
