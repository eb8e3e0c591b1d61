using System.Diagnostics;
using System.Text;

namespace Gatehouse.Telemetry.Tests.Support;

/// <summary>The whole service as a process of its own, set up by its environment.</summary>
internal sealed class Service : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private Service(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    public static async Task<Service> Start(TestDatabase database, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gatehouse.dll")])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["ConnectionStrings__Postgres"] = database.ConnectionString;
        start.Environment["Urls"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        var process = Process.Start(start)!;
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new StringBuilder();
        process.OutputDataReceived += (_, line) =>
        {
            lock (log) log.AppendLine(line.Data);
            if (line.Data is null) address.TrySetException(new InvalidOperationException($"It does not start:\n{log}"));
            else if (line.Data.Contains(Listening)) address.TrySetResult(line.Data.Split(Listening)[1].Trim());
        };
        process.BeginOutputReadLine();
        return new(process, await address.Task.InTime());
    }

    /// <summary>The metrics as Prometheus would get them.</summary>
    public async Task<string> Scrape()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(Address + "/metrics"), TestContext.Current.CancellationToken).InTime();
    }

    /// <summary>Ends as an operator ends it.</summary>
    public async Task Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).InTime();
        }
        _process.Dispose();
    }
}
