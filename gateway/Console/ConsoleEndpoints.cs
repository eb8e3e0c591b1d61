using Gatehouse.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Console;

/// <summary>
/// What operators see and do: JSON below <c>/console/api</c>, for the page in <c>wwwroot/console</c>. Every change is in the audit log
/// before it is acknowledged.
/// </summary>
public static class ConsoleEndpoints
{
    /// <summary>To be used after routing: it judges what was asked for.</summary>
    public static void UseConsoleGate(this IApplicationBuilder app) => app.UseMiddleware<ConsoleGate>();

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var console = routes.MapGroup("/console/api").WithMetadata(new OperatorsOnly()).ForOperators().ExcludeFromDescription();
        console.MapLogin();
        console.MapUsers();
        console.MapRooms();
        console.MapStatus();
        console.MapAudit();
        routes.MapPasswordReset();
        if (routes.ServiceProvider.GetRequiredService<IOptions<OperatorOptions>>().Value.Dashboard) routes.MapDashboard();
    }
}
