using System.Net.Sockets;
using System.Text;

namespace SocketIo.Tests.Support;

/// <summary>A client that sends whatever bytes it likes.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private NetworkStream Stream { get; set; } = null!;

    public static async Task<RawSocket> Connect(TestServer server, Action<Socket>? configure = null)
    {
        var raw = new RawSocket();
        configure?.Invoke(raw._tcp.Client);
        await raw._tcp.ConnectAsync("127.0.0.1", server.Port, Cancellation);
        raw.Stream = raw._tcp.GetStream();
        return raw;
    }

    /// <summary>Connects by WebSocket, up to the end of the HTTP response's headers.</summary>
    public static async Task<RawSocket> Open(TestServer server, string path, Action<Socket>? configure = null)
    {
        var raw = await Connect(server, configure);
        await raw.Send(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await raw.Read(1))[0]);
        Assert.StartsWith("HTTP/1.1 101 ", head.ToString());
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head.ToString());
        return raw;
    }

    /// <summary>A frame of a client, masked.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool isFinal = true, bool isMasked = true, int reserved = 0)
    {
        var frame = new List<byte> { (byte)((isFinal ? 0x80 : 0) | reserved | opcode) };
        var mask = isMasked ? 0x80 : 0;
        if (payload.Length < 126) frame.Add((byte)(mask | payload.Length));
        else if (payload.Length <= ushort.MaxValue) frame.AddRange([(byte)(mask | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        else frame.AddRange([(byte)(mask | 127), .. BitConverter.GetBytes((long)payload.Length).Reverse()]);
        byte[] key = isMasked ? [0x12, 0x34, 0x56, 0x78] : [0, 0, 0, 0];
        if (isMasked) frame.AddRange(key);
        frame.AddRange(payload.Select((value, index) => (byte)(value ^ key[index & 3])));
        return [.. frame];
    }

    public static byte[] Text(string text, bool isFinal = true) => Frame(1, Encoding.UTF8.GetBytes(text), isFinal);

    public Task Send(params byte[] data) => Stream.WriteAsync(data, Cancellation).AsTask().InTime();

    /// <summary>The next frame of the server: its opcode and payload.</summary>
    public async Task<(int Opcode, byte[] Payload)> Next()
    {
        var head = await Read(2);
        Assert.Equal(0x80, head[0] & 0xF0);
        int length = head[1];
        if (length == 126)
        {
            var more = await Read(2);
            length = (more[0] << 8) | more[1];
        }
        else if (length == 127)
        {
            length = (int)BitConverter.ToInt64([.. (await Read(8)).Reverse()]);
        }

        return (head[0] & 0x0F, await Read(length));
    }

    public async Task Expect(string text)
    {
        var (opcode, payload) = await Next();
        Assert.Equal(1, opcode);
        Assert.Equal(text, Encoding.UTF8.GetString(payload));
    }

    /// <summary>The close code after whatever else the server has to say.</summary>
    public async Task<int> Closed()
    {
        while (true)
        {
            var (opcode, payload) = await Next();
            if (opcode == 8) return payload.Length < 2 ? 0 : (payload[0] << 8) | payload[1];
        }
    }

    /// <summary>Reads to the end of the stream, however it comes.</summary>
    public async Task Ended()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await Stream.ReadAsync(buffer, Cancellation).AsTask().InTime() > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    public void HalfClose() => _tcp.Client.Shutdown(SocketShutdown.Send);

    public void Dispose() => _tcp.Dispose();

    private async Task<byte[]> Read(int count)
    {
        var buffer = new byte[count];
        await Stream.ReadExactlyAsync(buffer, Cancellation).AsTask().InTime();
        return buffer;
    }
}
