using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Hosting;

/// <summary>What each of our programs is around its parts: settings, health, metrics, and an end with a reason.</summary>
public static class ServiceHost
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="args">The command line; its settings go before the environment's and those of <c>appsettings.json</c>.</param>
    /// <param name="add">Adds the program's parts.</param>
    /// <param name="map">Maps their addresses, after everything was added.</param>
    /// <returns>The process's exit code: 1 when it cannot start, for which standard error has the reasons.</returns>
    public static async Task<int> Run(string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        try
        {
            // Settings and page lie beside the program, wherever it is started from.
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Services.AddSingleton<Draining>().AddSingleton<IHostLifetime>(services => services.GetRequiredService<Draining>());
            builder.AddClosingTime();
            builder.AddOperatorEndpoints();
            builder.AddLogFormat();
            builder.Services.AddServiceHealth();
            builder.Services.AddHostedService<IdleCollection>();
            builder.Services.AddTelemetry(builder.Configuration);
            add(builder);
            var app = builder.Build();
            // Before anybody reads one of them, so that all that is wrong is told at once.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            app.UseAllowedHosts();
            map(app);
            app.MapHealth();
            app.MapMetrics();
            await app.RunAsync();
            return 0;
        }
        catch (Exception failure) when (Reasons(failure) is { Length: > 0 } reasons)
        {
            // What is wrong is the operator's to read; where it was found is not.
            foreach (var reason in reasons) await Console.Error.WriteLineAsync(reason);
            return 1;
        }
    }

    /// <summary>All that is wrong with the settings, or with what the process needs, if that is why.</summary>
    private static string[] Reasons(Exception failure) => failure switch
    {
        OptionsValidationException invalid => [.. invalid.Failures.Select(OfConfiguration)],
        AggregateException several => [.. several.InnerExceptions.SelectMany(Reasons)],
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [OfConfiguration(unreadable.Message)],
        StartException => [$"start: {failure.Message}"],
        _ => [],
    };

    private static string OfConfiguration(string wrong) => $"configuration: {wrong}";
}
