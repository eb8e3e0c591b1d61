namespace SocketIo.Bench;

/// <summary>This library: what the publisher says goes to everybody in the root namespace.</summary>
internal static class LibraryServer
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddSocketIo();
        var app = builder.Build();
        app.MapSocketIo("/socket.io", io =>
        {
            var members = io.Namespace("/");
            io.Namespace("/publish").On("publish", (_, e) => members.Send(EncodedEvent.Create("/", "news", e.Arguments)));
        });
        return app;
    }
}
