using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SocketIo.Bench;

/// <summary>A Socket.IO client that does as little as possible: it counts frames.</summary>
internal sealed class Client : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>Connects by WebSocket and enters a namespace.</summary>
    public async Task ConnectAsync(int port, string enter)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, port);
        var request = $"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\n" +
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request));
        await UntilAsync("\r\n\r\n"u8.ToArray());
        await UntilAsync("0{"u8.ToArray());
        await SendAsync(Encoding.ASCII.GetBytes(enter));
        await UntilAsync("sid"u8.ToArray());
        _start = _end = 0;
    }

    public async Task SendAsync(params byte[][] texts)
    {
        var frames = new MemoryStream();
        foreach (var text in texts)
        {
            frames.WriteByte(0x81);
            if (text.Length < 126)
            {
                frames.WriteByte((byte)(0x80 | text.Length));
            }
            else
            {
                frames.Write([0xFE, (byte)(text.Length >> 8), (byte)text.Length]);
            }

            frames.Write([0, 0, 0, 0]); // a mask that changes nothing
            frames.Write(text);
        }

        await _socket.SendAsync(frames.ToArray());
    }

    /// <summary>Reads frames for ever; pings are answered, events go to the counter.</summary>
    public async Task ReadAsync(Counter counter)
    {
        _buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
            if (read == 0) throw new IOException("The server has closed a connection.");
            _end += read;
            if (Take(counter)) await SendAsync("3"u8.ToArray());
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool Take(Counter counter)
    {
        var isPing = false;
        var count = 0;
        while (_end - _start >= 2)
        {
            var frame = _buffer.AsSpan(_start, _end - _start);
            int length = frame[1];
            var header = 2;
            if (length == 126)
            {
                if (frame.Length < 4) break;
                length = BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);
                header = 4;
            }

            if (frame.Length < header + length) break;
            _start += header + length;
            if (frame[header] == '2')
            {
                isPing = true;
            }
            else if (frame[header] == '4' && frame[header + 1] == '2')
            {
                count++;
                counter.Sample(frame.Slice(header, length));
            }
        }

        counter.Add(count);
        return isPing;
    }

    private async Task UntilAsync(byte[] text)
    {
        while (_buffer.AsSpan(0, _end).IndexOf(text) < 0)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
            if (read == 0) throw new IOException("The server has closed a connection while it was opened.");
            _end += read;
        }
    }
}
