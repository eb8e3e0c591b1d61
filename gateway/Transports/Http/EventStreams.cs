namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// Tells whoever stands between that an event stream is live: a proxy that buffers would keep the first event, and the headers, for
/// as long as the stream lasts.
/// </summary>
public static class EventStreams
{
    private const string ContentType = "text/event-stream";

    public static void UseLiveEventStreams(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // Only who asks for a stream gets one.
        if (context.Request.Headers.Accept.ToString().Contains(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.OnStarting(Mark, context.Response);
        }
        return next();
    });

    private static Task Mark(object state)
    {
        var response = (HttpResponse)state;
        if (response.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true)
        {
            response.Headers.CacheControl = "no-store, no-transform";
            response.Headers["X-Accel-Buffering"] = "no";
        }
        return Task.CompletedTask;
    }
}
