// The servers under measurement: library or kestrel, at a port. GET /gc collects the garbage.
using SocketIo.Bench;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders(); // Node logs nothing either
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(int.Parse(args[1])));
var add = args[0] == "library" ? (Func<WebApplicationBuilder, WebApplication>)LibraryServer.Build : KestrelServer.Build;
var app = add(builder);
app.MapGet("/gc", () => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true));
await app.RunAsync();
