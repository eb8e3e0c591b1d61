using Gatehouse.Hosting;
using Orleans.Dashboard;

namespace Gatehouse.Gateway.Console;

/// <summary>Orleans' own dashboard, below <c>/console/dashboard</c>: the calls of grains, which only show. For whoever is logged in at the console.</summary>
internal static class ConsoleDashboard
{
    // It is styled by its script.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; " +
        "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDashboard(this IEndpointRouteBuilder routes) => routes.MapOrleansDashboard("/console/dashboard")
        .WithMetadata(new OperatorsOnly(ByAddress: true))
        .ForOperators()
        .ExcludeFromDescription()
        .AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy = ContentPolicy;
            return next(context);
        });
}
