using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>Plain HTTP: what can be asked, as OpenAPI too, and which other sites' pages may ask.</summary>
public static class HttpServices
{
    private const string AnyType = "*/*";

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
        var reactAuth = routes.ServiceProvider.GetRequiredService<ReactAuthLogin>();
        foreach (var name in (string[])["login", "resume"])
        {
            routes.MapRequests($"/auth/{name}", reactAuth)
                .WithName(name)
                .WithSummary("Logs in, or goes on with a session: the body's type decides, whatever the address.")
                // Routing would answer any other type by itself, with a status that the clients do not know.
                .Accepts<ReactAuthRequest>("application/x-www-form-urlencoded", "application/json", AnyType)
                .Produces<ReactAuthResponse>()
                .WithoutAnyType();
        }
        var nodes = routes.ServiceProvider.GetRequiredService<NodeRequests>();
        foreach (var (method, name, summary) in new[]
        {
            ("PUT", "registerNode", "Registers a node. The answer's token is shown this once."),
            ("POST", "updateNode", "Changes a node's hash, its information, or both."),
        })
        {
            var endpoint = routes.MapBodies(method, "/node/to/instance", nodes).WithName(name).WithSummary(summary)
                .Accepts<NodeRequest>("application/json", AnyType).Produces<NodeAnswer>().WithoutAnyType();
            foreach (var refusal in (int[])[400, 401, 403, 413, 415, 429, 503]) endpoint.Produces<NodeAnswer>(refusal);
        }
        routes.MapOpenApi("/openapi/{documentName}.json");
    }

    /// <summary>What is accepted in order to be answered is not what clients are told to send.</summary>
    private static RouteHandlerBuilder WithoutAnyType(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody?.Content?.Remove(AnyType);
            return Task.CompletedTask;
        });
}
