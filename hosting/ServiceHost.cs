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
    /// <returns>The process's exit code: 1 for wrong settings, which are named on standard error.</returns>
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
        catch (Exception failure) when (Invalid(failure) is { Length: > 0 } invalid)
        {
            // What is wrong with the settings is the operator's to read; where it was found is not.
            foreach (var wrong in invalid) await Console.Error.WriteLineAsync($"configuration: {wrong}");
            return 1;
        }
    }

    /// <summary>What is wrong with the settings, all at once, if that is why.</summary>
    private static string[] Invalid(Exception failure) => failure switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several => [.. several.InnerExceptions.SelectMany(Invalid)],
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [unreadable.Message],
        _ => [],
    };
}
