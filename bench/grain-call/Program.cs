using System.Diagnostics;
using Gatehouse.GrainInterfaces;
using Gatehouse.Hosting;
using Gatehouse.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// What a call to a grain costs: in the silo's process, and from a client of the cluster over loopback (both ends counted), beside a
// mere hand-over to the thread pool. See bench/run.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.TryAddSingleton(TimeProvider.System);
builder.AddSilo();
using var silo = builder.Build();
await silo.StartAsync();

var clientBuilder = Host.CreateApplicationBuilder(args);
clientBuilder.Logging.SetMinimumLevel(LogLevel.Error);
clientBuilder.AddCluster();
clientBuilder.UseOrleansClient(client => client.UseAdoNetClustering(table => table.Configure<IServiceProvider>((options, services) =>
    (options.Invariant, options.DataSource) = (ClusterDatabase.Invariant, services.GetClusterDatabase()))));
using var client = clientBuilder.Build();
await client.StartAsync();

Console.WriteLine("| what | callers | calls/s | CPU µs a call |");
Console.WriteLine("|---|---|---|---|");
foreach (var callers in new[] { 1, 100 })
{
    await Measure("hand-over to the thread pool", callers, async _ => await Task.Yield());
    await Measure("call in the process", callers, Calls(silo));
    await Measure("call by a client of the cluster", callers, Calls(client));
}
await client.StopAsync();
await silo.StopAsync();

static Func<int, Task> Calls(IHost host)
{
    var grains = host.Services.GetRequiredService<IGrainFactory>();
    var guards = Enumerable.Range(0, 100).Select(number => grains.AddressGuard($"192.0.2.{number}")).ToArray();
    return caller => guards[caller].IsShut();
}

static async Task Measure(string what, int callers, Func<int, Task> call)
{
    await Run(TimeSpan.FromSeconds(3));
    var (before, began) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
    var calls = await Run(TimeSpan.FromSeconds(5));
    var (cpu, taken) = (Process.GetCurrentProcess().TotalProcessorTime - before, Stopwatch.GetElapsedTime(began));
    Console.WriteLine($"| {what} | {callers} | {calls / taken.TotalSeconds:F0} | {cpu.TotalMicroseconds / calls:F2} |");

    async Task<long> Run(TimeSpan duration)
    {
        var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var count = 0L;
            for (; Stopwatch.GetTimestamp() < until; count++) await call(caller);
            return count;
        })));
        return counts.Sum();
    }
}
