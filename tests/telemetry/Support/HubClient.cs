using System.Net.WebSockets;
using System.Text;

namespace Gatehouse.Telemetry.Tests.Support;

/// <summary>A client of a hub, over SignalR on a WebSocket.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[65536];
    private int _read;

    /// <summary>All that the service has sent.</summary>
    public string Received { get; private set; } = "";

    /// <param name="hub">The hub's address, with a query perhaps.</param>
    /// <param name="trace">The trace and the span that the client says it takes part in; null when none.</param>
    public static async Task<HubClient> Connect(Service service, string hub, (string Trace, string Span)? trace = null)
    {
        var client = new HubClient();
        if (trace is { } own) client._socket.Options.SetRequestHeader("traceparent", $"00-{own.Trace}-{own.Span}-01");
        await client._socket.ConnectAsync(
            new Uri($"{service.Address.Replace("http", "ws")}/hubs/{hub}"), TestContext.Current.CancellationToken).InTime();
        await client.Send("""{"protocol":"json","version":1}""");
        return client;
    }

    /// <summary>Sends an event and waits for the one that answers it.</summary>
    public async Task Ask(string name, string payload, string answer)
    {
        await Send($$"""{"type":1,"target":"{{name}}","arguments":[{{payload}}]}""");
        await Hears($"\"{answer}\"");
    }

    /// <summary>Waits until a text has been sent, after what was waited for before.</summary>
    public async Task Hears(string text)
    {
        while (Received.IndexOf(text, _read, StringComparison.Ordinal) < 0)
        {
            var read = await _socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken).InTime();
            Assert.True(read.MessageType != WebSocketMessageType.Close, Received);
            Received += Encoding.UTF8.GetString(_buffer, 0, read.Count);
        }
        _read = Received.Length;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).InTime();
        _socket.Dispose();
    }

    private Task Send(string json) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(json + '\u001e'), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken).InTime();
}
