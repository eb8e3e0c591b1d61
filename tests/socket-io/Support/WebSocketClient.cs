using System.Net.WebSockets;
using System.Text;

namespace SocketIo.Tests.Support;

/// <summary>A client that speaks WebSocket as a browser does.</summary>
internal sealed class WebSocketClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WebSocketClient> Connect(TestServer server, string path, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new WebSocketClient();
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}{path}"), Cancellation).InTime();
        return client;
    }

    /// <summary>Connects and takes the open packet in.</summary>
    public static async Task<WebSocketClient> Open(TestServer server, int revision, string path = "/engine.io", string query = "")
    {
        var client = await Connect(server, $"{path}/?EIO={revision}&transport=websocket{query}");
        Assert.StartsWith("0{", await client.Next());
        return client;
    }

    /// <summary>Connects to a namespace of Socket.IO too.</summary>
    public static async Task<WebSocketClient> Enter(TestServer server, string ns = "/", string auth = "")
    {
        var client = await Open(server, 4, "/socket.io");
        await client.Send(ns == "/" ? "40" + auth : $"40{ns},{auth}");
        Assert.StartsWith(ns == "/" ? "40{" : $"40{ns},{{", await client.Next());
        return client;
    }

    public Task Send(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancellation).InTime();

    public Task Send(params byte[] data) => _socket.SendAsync(data, WebSocketMessageType.Binary, true, Cancellation).InTime();

    /// <summary>The next message: text as it is, binary as "[1,2,3]".</summary>
    public async Task<string> Next()
    {
        var (result, data) = await Receive();
        return result.MessageType switch
        {
            WebSocketMessageType.Text => Encoding.UTF8.GetString(data),
            WebSocketMessageType.Binary => $"[{string.Join(',', data)}]",
            _ => $"closed {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}",
        };
    }

    public async Task Expect(params string[] messages)
    {
        foreach (var message in messages) Assert.Equal(message, await Next());
    }

    /// <summary>Reads to the end; the code of the close frame, or null if there was none.</summary>
    public async Task<int?> Closed()
    {
        try
        {
            while ((await Receive()).Result.MessageType != WebSocketMessageType.Close)
            {
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation).InTime();
            return (int?)_socket.CloseStatus;
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public Task Close() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation).InTime();

    /// <summary>As if the network had gone.</summary>
    public void Cut() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    private async Task<(WebSocketReceiveResult Result, byte[] Data)> Receive()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var result = await _socket.ReceiveAsync(buffer, Cancellation).InTime();
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage) return (result, message.ToArray());
        }
    }
}
