using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Hosting;

/// <summary>Writes the log as <see cref="LogOptions"/> says.</summary>
internal static class Logs
{
    private static readonly string[] Sources =
        ["Gatehouse.Gateway", "Gatehouse.Batches", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"];

    /// <summary>Whether entries name their trace, which there must be then.</summary>
    public static bool AreJson(IConfiguration configuration) => configuration.GetValue<LogFormat>("Gatehouse:Log:Format") == LogFormat.Json;

    public static void AddLogFormat(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<LogOptions>("Gatehouse:Log");
        if (!AreJson(builder.Configuration)) return;
        builder.Logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "O"));
        // Spans are begun only where somebody listens; their ids are enough.
        ActivitySource.AddActivityListener(new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref _) => ActivitySamplingResult.PropagationData,
        });
    }
}
