using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Telemetry.Tests.Support;

/// <summary>Takes what is pushed by OTLP over HTTP, as a collector would.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<(string Path, byte[] Body)> _pushes = [];
    private TaskCompletionSource _pushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public static async Task<OtlpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/{signal}", (HttpRequest request) => receiver.Take(request));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>How often metrics were pushed.</summary>
    public int MetricsPushes
    {
        get
        {
            lock (_pushes) return _pushes.Count(push => push.Path == "/v1/metrics");
        }
    }

    /// <summary>All spans so far.</summary>
    public List<Span> Spans
    {
        get
        {
            lock (_pushes) return [.. _pushes.Where(push => push.Path == "/v1/traces").SelectMany(push => Span.Read(push.Body))];
        }
    }

    /// <summary>Whether a text was in anything that was pushed.</summary>
    public bool Saw(string text)
    {
        lock (_pushes) return _pushes.Any(push => push.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
    }

    /// <summary>Waits until there is what is looked for in the spans.</summary>
    public Task<T> Find<T>(Func<List<Span>, T?> look) where T : class
    {
        return Look().InTime();

        async Task<T> Look()
        {
            while (true)
            {
                var next = _pushed.Task;
                if (look(Spans) is { } found) return found;
                await next;
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> Take(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        lock (_pushes) _pushes.Add((request.Path, body.ToArray()));
        Interlocked.Exchange(ref _pushed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Results.Bytes([], "application/x-protobuf");
    }
}
