// A plain SignalR hub with groups: what somebody would write who needs rooms and nothing else. Argument: the port.
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSignalR();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
var app = builder.Build();
app.MapHub<RoomHub>("/hub");
app.Run();

internal sealed class RoomHub : Hub
{
    public async Task Join(string room)
    {
        Context.Items["room"] = room;
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        await Clients.Caller.SendAsync("joined");
    }

    public Task Message(JsonElement message) => Clients.Group((string)Context.Items["room"]!).SendAsync("message", message);
}
