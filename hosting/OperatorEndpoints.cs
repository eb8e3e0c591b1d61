using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Hosting;

/// <summary>
/// What is for operators alone: endpoints that are served at <see cref="OperatorOptions.Url"/> only, where there is such an address; no
/// others are served there. Who asks whom is known by the port that was reached, and not by what a request says.
/// </summary>
public static class OperatorEndpoints
{
    /// <summary>The framework's own, which would also look at what asks for a process by its address: probes and scrapes.</summary>
    private const string HostFilter = "HostFilteringStartupFilter";

    /// <summary>Marks endpoints as those of operators.</summary>
    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(Mark.Operators);

    /// <summary>What is not mapped but found below a path, such as a page's files, is operators' too. To be used before what finds it.</summary>
    public static void UseOperatorPath(this IApplicationBuilder app, string path)
    {
        if (app.ApplicationServices.GetService<OperatorPort>() is not { } port) return;
        app.Use((context, next) =>
        {
            if (port.IsReachedBy(context) || !context.Request.Path.StartsWithSegments(path)) return next();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>See <see cref="OperatorOptions.Dashboard"/>, for who needs it before there are services.</summary>
    public static bool HasDashboard(this IConfiguration configuration) => configuration.GetValue<bool>("Gatehouse:Operators:Dashboard");

    internal static void AddOperatorEndpoints(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<OperatorOptions>("Gatehouse:Operators");
        var url = builder.Configuration["Gatehouse:Operators:Url"];
        if (OperatorOptions.PortOf(url) is not { } port) return;
        builder.WebHost.UseUrls($"{builder.Configuration[WebHostDefaults.ServerUrlsKey]};{url}");
        builder.Services.AddSingleton(new OperatorPort(port));
        builder.Services.AddSingleton<MatcherPolicy>(services => services.GetRequiredService<OperatorPort>());
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType?.Name == HostFilter));
    }

    /// <summary>Refuses requests for hosts that <c>AllowedHosts</c> does not name, except on the operators' port.</summary>
    internal static void UseAllowedHosts(this WebApplication app)
    {
        // Where there is no such port the framework does it.
        if (app.Services.GetService<OperatorPort>() is { } port) app.UseWhen(context => !port.IsReachedBy(context), doors => doors.UseHostFiltering());
    }

    private sealed class Mark
    {
        public static Mark Operators { get; } = new();
    }

    private sealed class OperatorPort(int port) : MatcherPolicy, IEndpointSelectorPolicy
    {
        public override int Order => 0;

        public bool IsReachedBy(HttpContext context) => context.Connection.LocalPort == port;

        public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

        public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
        {
            var isOperators = IsReachedBy(httpContext);
            for (var index = 0; index < candidates.Count; index++)
            {
                if (candidates[index].Endpoint.Metadata.GetMetadata<Mark>() is not null != isOperators) candidates.SetValidity(index, false);
            }
            return Task.CompletedTask;
        }
    }
}
